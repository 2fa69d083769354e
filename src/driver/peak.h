#pragma once

#include <cstdint>

#include "measure/timing/machine_loops.h"

namespace tilewright::driver {

/// Highest speed of independent fused multiply-adds in f32, GFLOP/s (an FMA counts 2), with `threads` threads at
/// once (as many of them as can be), by the widest vector instructions this processor has, of at most `vector_bytes`.
/// Takes about 0.15 s. The best of several windows, as whatever else the machine does can only slow it down.
double measure_peak_gflops(int threads, int vector_bytes = measure::kWidestVector);

/// Speed of reading memory with `threads` threads at once (as many of them as can be), GB/s
/// (1e9 bytes), over a buffer of four times
/// `last_cache_bytes` (at least 64 MB, at most 512 MB). The best of several passes.
double measure_memory_gbs(int threads, std::int64_t last_cache_bytes);

}  // namespace tilewright::driver
