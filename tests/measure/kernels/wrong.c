#include "kernel.h"

int32_t kernel(const tw_kernel_args* args) {
  twice(args);
  ((float*)args->buffers[1])[371] = 5;
  return 0;
}
