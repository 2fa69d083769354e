#include "measure/timing/machine_loops.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include "base/threads.h"

namespace tilewright::measure {
namespace {

template <int kBytes>
struct Simd {
  typedef float Floats __attribute__((vector_size(kBytes)));
  typedef std::uint64_t Words __attribute__((vector_size(kBytes)));
};

// The loops over vectors of `kBytes`, as wide as the target attribute of the function around them allows.
// Twelve accumulators hide the latency of today's FMA units and, with both factors, fit the smallest register file.
constexpr int kAccumulators = MachineLoops::kAccumulators;

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

}  // namespace

MachineLoops widest_loops(int vector_bytes) {
#if defined(__x86_64__)
  if (vector_bytes >= 64 && __builtin_cpu_supports("avx512f")) return {16, multiply_add_512, read_512};
  if (vector_bytes >= 32 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {8, multiply_add_256, read_256};
#endif
  return {4, multiply_add_128, read_128};
}

double time_together(int threads, const std::function<void(int)>& body) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds(static_cast<std::size_t>(threads));
  std::barrier start(threads);
  const auto work = [&](int thread) {
    start.arrive_and_wait();
    const Clock::time_point begin = Clock::now();
    body(thread);
    seconds[static_cast<std::size_t>(thread)] = std::chrono::duration<double>(Clock::now() - begin).count();
  };
  std::vector<std::jthread> others;
  others.reserve(static_cast<std::size_t>(threads));
  try {
    while (std::ssize(others) + 1 < threads) others.emplace_back(work, static_cast<int>(others.size()) + 1);
  } catch (const std::exception& error) {
    const int started = static_cast<int>(others.size()) + 1;
    for (int waited_for = started - 1; waited_for < threads; ++waited_for) start.arrive_and_drop();  // the caller, too
    others.clear();
    if (const auto* refused = dynamic_cast<const std::system_error*>(&error))
      throw too_few_threads(threads, started, *refused);
    throw;  // out of memory
  }
  work(0);
  others.clear();  // joins
  return *std::max_element(seconds.begin(), seconds.end());
}

}  // namespace tilewright::measure
