#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace tilewright::space {

/// The longest innermost tile that sampling and mutation make.
inline constexpr std::int64_t kMaxInnermostLength = 64;

/// All tuples of `n` lengths whose product divides `extent` and whose last is at most kMaxInnermostLength, in the order
/// of docs/ansor.md §4.1: depth first, each position through the divisors of what remains, ascending.
std::vector<std::vector<std::int64_t>> factorizations(std::int64_t extent, std::size_t n);

/// Factorizations that are looked up often: filled while the space is made, only read afterwards.
class FactorTable {
 public:
  using Tuples = std::vector<std::vector<std::int64_t>>;
  void add(std::int64_t extent, std::size_t n);
  /// Null if it was never added.
  const Tuples* find(std::int64_t extent, std::size_t n) const;

 private:
  std::map<std::pair<std::int64_t, std::size_t>, Tuples> tuples_;
};

}  // namespace tilewright::space
