#include "kernel.h"

int32_t kernel(const tw_kernel_args* args) {
  (void)args;
  return 7;
}
