#include "kernel.h"

void _exit(int status);

int32_t kernel(const tw_kernel_args* args) {
  (void)args;
  _exit(0);
  return 0;
}
