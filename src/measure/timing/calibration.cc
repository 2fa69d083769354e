#include "measure/timing/calibration.h"

#include <algorithm>

#include "base/cores.h"

namespace tilewright::measure {
namespace {

constexpr int kWindows = 9;
constexpr std::int64_t kRounds = 150'000;             ///< about half a millisecond
constexpr std::size_t kBytes = std::size_t{4} << 20;  ///< per thread, beyond second-level caches

double middle(std::vector<double> values) {
  const auto at = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

Calibration::Calibration(int threads) : threads_(threads_at_once(threads)), loops_(widest_loops()) {
  for (int i = 0; i < threads_; ++i) memory_.emplace_back(kBytes, 1);
}

void Calibration::check() {
  struct alignas(64) Sink {
    float sum = 0;
    std::uint64_t word = 0;
  };
  std::vector<Sink> sinks(memory_.size());
  std::vector<double> arithmetic_s, memory_s;
  for (int window = 0; window < kWindows; ++window) {
    arithmetic_s.push_back(time_together(
        threads_, [&](int thread) { sinks[static_cast<std::size_t>(thread)].sum = loops_.multiply_add(kRounds); }));
    memory_s.push_back(time_together(threads_, [&](int thread) {
      const std::vector<char>& piece = memory_[static_cast<std::size_t>(thread)];
      sinks[static_cast<std::size_t>(thread)].word = loops_.read_all(piece.data(), std::ssize(piece));
    }));
  }
  judge(arithmetic_s, memory_s);
}

void Calibration::judge(const std::vector<double>& arithmetic_s, const std::vector<double>& memory_s) {
  const double arithmetic = std::ranges::min(arithmetic_s), memory = std::ranges::min(memory_s);
  best_arithmetic_s_ = std::min(best_arithmetic_s_, arithmetic);
  best_memory_s_ = std::min(best_memory_s_, memory);
  // Whether other programs take turns with us only arithmetic tells: bandwidth is shared on most machines.
  health_.last = {best_arithmetic_s_ / arithmetic, best_memory_s_ / memory, middle(arithmetic_s) / arithmetic - 1};
  ++health_.checks;
  health_.slow += health_.last.is_slow() ? 1 : 0;
  health_.noisy += health_.last.is_noisy() ? 1 : 0;
  health_.lowest_speed = std::min(health_.lowest_speed, health_.last.speed);
  health_.lowest_memory_speed = std::min(health_.lowest_memory_speed, health_.last.memory_speed);
  health_.highest_noise = std::max(health_.highest_noise, health_.last.noise);
}

}  // namespace tilewright::measure
