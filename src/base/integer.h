#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace tilewright {

/// Division that rounds towards infinity; b > 0.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return a / b + (a % b > 0 ? 1 : 0); }
constexpr std::int64_t round_up(std::int64_t a, std::int64_t b) { return ceil_div(a, b) * b; }
/// Division that rounds towards minus infinity; b > 0.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
/// Remainder in [0, b); b > 0.
constexpr std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }

inline std::int64_t product(std::span<const std::int64_t> values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{1}, std::multiplies<>{});
}

/// A position that is not negative, as containers take it.
constexpr std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// The divisors of n >= 1, ascending.
std::vector<std::int64_t> divisors(std::int64_t n);

}  // namespace tilewright
