#include "kernel.h"

int32_t kernel(const tw_kernel_args* args) { /* does not write the last element */
  const float* x = (const float*)args->buffers[0];
  float* y = (float*)args->buffers[1];
  for (int i = 0; i < kElements - 1; ++i) y[i] = 2 * x[i];
  return 0;
}
