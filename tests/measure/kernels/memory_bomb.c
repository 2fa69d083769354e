#include "kernel.h"

void* malloc(__SIZE_TYPE__ bytes);

int32_t kernel(const tw_kernel_args* args) { /* allocates and touches for ever */
  (void)args;
  for (;;) {
    volatile char* block = (volatile char*)malloc(1 << 24);
    for (int i = 0; i < 1 << 24; i += 4096) block[i] = 1;
  }
}
