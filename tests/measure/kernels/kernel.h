/* Every kernel here takes x[1000] and y[1000]. */
#include <stdint.h>

#include "tilewright/kernel_abi.h"

enum { kElements = 1000 };

static inline void twice(const tw_kernel_args* args) {
  const float* x = (const float*)args->buffers[0];
  float* y = (float*)args->buffers[1];
  for (int i = 0; i < kElements; ++i) y[i] = 2 * x[i];
}
