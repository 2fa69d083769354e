#include "kernel.h"

static int runs;

int32_t kernel(const tw_kernel_args* args) { /* right the first time only */
  twice(args);
  if (runs++ > 0) ((float*)args->buffers[1])[2] = 9;
  return 0;
}
