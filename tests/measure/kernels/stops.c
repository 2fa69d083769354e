#include "kernel.h"

int raise(int signal);

int32_t kernel(const tw_kernel_args* args) { /* stops its process, as if somebody did so each time that it runs */
  const int stop = 19;
  raise(stop);
  twice(args);
  return 0;
}
