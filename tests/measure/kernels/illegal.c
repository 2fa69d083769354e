#include "kernel.h"

int32_t kernel(const tw_kernel_args* args) { /* an instruction that no machine has */
  (void)args;
  __builtin_trap();
}
