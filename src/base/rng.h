#pragma once

#include <cstdint>

namespace tilewright {

/// A seeded random source (splitmix64: Steele, Lea, Flood, OOPSLA 2014). All randomness flows from one seed.
/// Satisfies UniformRandomBitGenerator. Not shared between threads: `fork` gives each its own.
class Rng {
 public:
  using result_type = std::uint64_t;
  explicit Rng(std::uint64_t seed) : state_(seed) {}
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, n); n >= 1.
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>((*this)() % static_cast<std::uint64_t>(n)); }
  /// Uniform in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return uniform() < probability; }
  /// An independent stream, decided by this one.
  Rng fork() { return Rng((*this)()); }

 private:
  std::uint64_t state_;
};

}  // namespace tilewright
