/* The kernel ABI: what a compiled kernel is called with, and the little that it calls back. Plain C. */
#ifndef TILEWRIGHT_KERNEL_ABI_H
#define TILEWRIGHT_KERNEL_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs iterations [begin, end) of a parallel loop. Returns 0, or non-zero to report failure. */
typedef int32_t (*tw_parallel_body)(void* closure, int64_t begin, int64_t end);

/* What a kernel may call. One table per executor; threads: the functions may be called from a kernel's threads. */
typedef struct tw_runtime {
  void* self;
  /* Splits [0, extent) over the threads and returns when all is done: the first non-zero result, else 0. */
  int32_t (*parallel_for)(void* self, tw_parallel_body body, void* closure, int64_t extent);
  /* Memory of at least `bytes`, aligned to 64, valid until the next call with the same slot from the same thread, or
     the kernel's end. Slot 0: the kernel's own intermediates; slot 1: one thread's buffers inside a parallel loop. NULL
     when there is no memory. */
  void* (*workspace)(void* self, int32_t slot, int64_t bytes);
} tw_runtime;

/* Buffers are dense row-major, inputs first, outputs last, aligned to 64 bytes, not overlapping. */
typedef struct tw_kernel_args {
  void* const* buffers;
  int64_t num_buffers;
  const tw_runtime* runtime;
} tw_kernel_args;

/* 0: done. 1: no workspace memory. Anything else comes from a parallel body. */
typedef int32_t (*tw_kernel)(const tw_kernel_args* args);

/* Beside a kernel NAME, its object defines `const int64_t NAME_buffer_bytes[]`: how many buffers it takes, then the
   bytes of each. A model's file is checked against it. */
#define TW_BUFFER_BYTES_SUFFIX "_buffer_bytes"

#ifdef __cplusplus
}
#endif
#endif
