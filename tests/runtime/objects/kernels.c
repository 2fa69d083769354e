/* Kernels as a code generator makes them. */
#include "tilewright/kernel_abi.h"

/* c = a + b, 8 floats each */
const int64_t tw_add8_buffer_bytes[] = {3, 32, 32, 32};
int32_t tw_add8(const tw_kernel_args* args) {
  const float* a = args->buffers[0];
  const float* b = args->buffers[1];
  float* c = args->buffers[2];
  for (int i = 0; i < 8; ++i) c[i] = a[i] + b[i];
  return 0;
}
/* b = 2 a, 8 floats, through the workspace */
const int64_t tw_double8_buffer_bytes[] = {2, 32, 32};
int32_t tw_double8(const tw_kernel_args* args) {
  float* twice = args->runtime->workspace(args->runtime->self, 0, 8 * sizeof(float));
  if (!twice) return 1;
  for (int i = 0; i < 8; ++i) twice[i] = 2 * ((const float*)args->buffers[0])[i];
  for (int i = 0; i < 8; ++i) ((float*)args->buffers[1])[i] = twice[i];
  return 0;
}
const int64_t tw_out_of_memory_buffer_bytes[] = {2, 32, 32};
int32_t tw_out_of_memory(const tw_kernel_args* args) {
  (void)args;
  return 1;
}
const int64_t tw_fails_buffer_bytes[] = {2, 32, 32};
int32_t tw_fails(const tw_kernel_args* args) {
  (void)args;
  return 7;
}
/* What no machine has memory for. */
const int64_t tw_huge_result_buffer_bytes[] = {3, 32, 32, (int64_t)1 << 46};
int32_t tw_huge_result(const tw_kernel_args* args) { return tw_fails(args); }
const int64_t tw_huge_argument_buffer_bytes[] = {2, (int64_t)1 << 46, 32};
int32_t tw_huge_argument(const tw_kernel_args* args) { return tw_fails(args); }
