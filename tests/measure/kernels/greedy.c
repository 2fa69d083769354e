#include "kernel.h"

int32_t kernel(
    const tw_kernel_args* args) { /* asks for ever more workspace, as it should: and takes no for an answer */
  int64_t bytes = 1 << 20;
  while (args->runtime->workspace(args->runtime->self, 0, bytes)) bytes *= 2;
  return 1;
}
