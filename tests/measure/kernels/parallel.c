#include "kernel.h"

static int32_t body(void* closure, int64_t begin, int64_t end) {
  const tw_kernel_args* args = (const tw_kernel_args*)closure;
  const tw_runtime* runtime = args->runtime;
  float* copy = (float*)runtime->workspace(runtime->self, 1, kElements * sizeof(float));
  if (!copy) return 1;
  for (int64_t i = begin; i < end; ++i) copy[i] = ((const float*)args->buffers[0])[i];
  for (int64_t i = begin; i < end; ++i) ((float*)args->buffers[1])[i] = 2 * copy[i];
  return 0;
}

int32_t kernel(const tw_kernel_args* args) {
  return args->runtime->parallel_for(args->runtime->self, body, (void*)args, kElements);
}
