#include "driver/peak.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "base/cores.h"
#include "measure/timing/machine_loops.h"

namespace tilewright::driver {

using measure::MachineLoops;

double measure_peak_gflops(int threads, int vector_bytes) {
  threads = threads_at_once(threads);
  const MachineLoops loops = measure::widest_loops(vector_bytes);
  constexpr std::int64_t kRounds = 1'500'000;  // about 5 ms
  constexpr int kWindows = 24;
  const double flops = 2.0 * MachineLoops::kAccumulators * loops.lanes * static_cast<double>(kRounds) * threads;
  double best = 0;
  for (int window = 0; window < kWindows; ++window) {
    std::vector<float> sink(static_cast<std::size_t>(threads) * 16);
    const double seconds = measure::time_together(
        threads, [&](int t) { sink[static_cast<std::size_t>(t) * 16] = loops.multiply_add(kRounds); });
    best = std::max(best, flops / seconds * 1e-9);
  }
  return best;
}

double measure_memory_gbs(int threads, std::int64_t last_cache_bytes) {
  threads = threads_at_once(threads);
  const MachineLoops loops = measure::widest_loops();
  const std::int64_t total = std::clamp<std::int64_t>(4 * last_cache_bytes, 64 << 20, 512 << 20);
  const std::int64_t share = total / threads / 4096 * 4096;
  const std::unique_ptr<char, decltype(&std::free)> memory(
      static_cast<char*>(std::aligned_alloc(4096, static_cast<std::size_t>(share * threads))), std::free);
  if (!memory) return 0;
  std::vector<std::uint64_t> sink(static_cast<std::size_t>(threads) * 8);
  measure::time_together(threads,
                         [&](int t) { std::memset(memory.get() + t * share, 1, static_cast<std::size_t>(share)); });
  double best = 0;
  for (int pass = 0; pass < 5; ++pass) {
    const double seconds = measure::time_together(threads, [&](int t) {
      sink[static_cast<std::size_t>(t) * 8] = loops.read_all(memory.get() + t * share, share);
    });
    best = std::max(best, static_cast<double>(share * threads) / seconds * 1e-9);
  }
  return best;
}

}  // namespace tilewright::driver
