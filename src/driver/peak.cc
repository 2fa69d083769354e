#include "driver/peak.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace tilewright::driver {
namespace {

using Clock = std::chrono::steady_clock;

template <int kBytes>
struct Simd {
  typedef float Floats __attribute__((vector_size(kBytes)));
  typedef std::uint64_t Words __attribute__((vector_size(kBytes)));
};

// The loops over vectors of `kBytes`, as wide as the target attribute of the function around them allows.
// Twelve accumulators hide the latency of today's FMA units and, with both factors, fit the smallest register file.
constexpr int kAccumulators = 12;

template <int kBytes>
[[gnu::always_inline]] inline float multiply_add(std::int64_t rounds) {
  using Vector = typename Simd<kBytes>::Floats;
  Vector sums[kAccumulators];
  for (int i = 0; i < kAccumulators; ++i) sums[i] = Vector{} + static_cast<float>(i);
  const Vector factor = Vector{} + 0.999f, term = Vector{} + 0.001f;
  for (std::int64_t r = 0; r < rounds; ++r) {
#pragma GCC unroll 12
    for (int i = 0; i < kAccumulators; ++i) sums[i] = sums[i] * factor + term;
  }
  Vector total = sums[0];
  for (int i = 1; i < kAccumulators; ++i) total += sums[i];
  return total[0];
}

template <int kBytes>
[[gnu::always_inline]] inline std::uint64_t read_all(const char* data, std::int64_t bytes) {
  using Vector = typename Simd<kBytes>::Words;
  Vector sums[8] = {};
  for (std::int64_t at = 0; at + 8 * kBytes <= bytes; at += 8 * kBytes) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) sums[i] ^= *reinterpret_cast<const Vector*>(data + at + i * kBytes);
  }
  Vector total = sums[0];
  for (int i = 1; i < 8; ++i) total ^= sums[i];
  return total[0];
}

struct Loops {
  int lanes;
  float (*multiply_add)(std::int64_t rounds);
  std::uint64_t (*read_all)(const char* data, std::int64_t bytes);
};

#if defined(__x86_64__)
[[gnu::target("avx512f,fma")]] float multiply_add_512(std::int64_t rounds) { return multiply_add<64>(rounds); }
[[gnu::target("avx2,fma")]] float multiply_add_256(std::int64_t rounds) { return multiply_add<32>(rounds); }
[[gnu::target("avx512f")]] std::uint64_t read_512(const char* data, std::int64_t bytes) {
  return read_all<64>(data, bytes);
}
[[gnu::target("avx2")]] std::uint64_t read_256(const char* data, std::int64_t bytes) {
  return read_all<32>(data, bytes);
}
#endif
float multiply_add_128(std::int64_t rounds) { return multiply_add<16>(rounds); }
std::uint64_t read_128(const char* data, std::int64_t bytes) { return read_all<16>(data, bytes); }

Loops widest_loops() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {16, multiply_add_512, read_512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {8, multiply_add_256, read_256};
#endif
  return {4, multiply_add_128, read_128};
}

/// Seconds that the slowest of `threads` threads needs for `body(thread)`, all starting together.
double time_together(int threads, const std::function<void(int)>& body) {
  std::vector<double> seconds(static_cast<std::size_t>(threads));
  std::barrier start(threads);
  const auto work = [&](int thread) {
    start.arrive_and_wait();
    const Clock::time_point begin = Clock::now();
    body(thread);
    seconds[static_cast<std::size_t>(thread)] = std::chrono::duration<double>(Clock::now() - begin).count();
  };
  std::vector<std::jthread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
  work(0);
  others.clear();  // joins
  return *std::max_element(seconds.begin(), seconds.end());
}

}  // namespace

double measure_peak_gflops(int threads) {
  const Loops loops = widest_loops();
  constexpr std::int64_t kRounds = 1'500'000;  // about 5 ms
  constexpr int kWindows = 24;
  const double flops = 2.0 * kAccumulators * loops.lanes * static_cast<double>(kRounds) * threads;
  double best = 0;
  for (int window = 0; window < kWindows; ++window) {
    std::vector<float> sink(static_cast<std::size_t>(threads) * 16);
    const double seconds =
        time_together(threads, [&](int t) { sink[static_cast<std::size_t>(t) * 16] = loops.multiply_add(kRounds); });
    best = std::max(best, flops / seconds * 1e-9);
  }
  return best;
}

double measure_memory_gbs(int threads, std::int64_t last_cache_bytes) {
  const Loops loops = widest_loops();
  const std::int64_t total = std::clamp<std::int64_t>(4 * last_cache_bytes, 64 << 20, 512 << 20);
  const std::int64_t share = total / threads / 4096 * 4096;
  const std::unique_ptr<char, decltype(&std::free)> memory(
      static_cast<char*>(std::aligned_alloc(4096, static_cast<std::size_t>(share * threads))), std::free);
  if (!memory) return 0;
  std::vector<std::uint64_t> sink(static_cast<std::size_t>(threads) * 8);
  time_together(threads, [&](int t) { std::memset(memory.get() + t * share, 1, static_cast<std::size_t>(share)); });
  double best = 0;
  for (int pass = 0; pass < 5; ++pass) {
    const double seconds = time_together(threads, [&](int t) {
      sink[static_cast<std::size_t>(t) * 8] = loops.read_all(memory.get() + t * share, share);
    });
    best = std::max(best, static_cast<double>(share * threads) / seconds * 1e-9);
  }
  return best;
}

}  // namespace tilewright::driver
