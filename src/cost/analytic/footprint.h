#pragma once

#include <span>
#include <vector>

#include "cost/analytic/machine.h"
#include "cost/analytic/nest.h"

namespace tilewright::cost {

/// What each access of a nest touches while some of the loops around it run (docs/ansor.md §6.2 "touched"), and which
/// elements it steps over. The levels of an access are the depths of the loops around it: level k means that the loops
/// of depth k and deeper run to their ends while those outside stand still; one level more than the deepest loop means
/// that none runs.
///
/// Exact for indices that are sums of loop variables. For quotients and remainders (loops that were fused) an estimate:
/// a range of w values of an index has at most w / d quotients and min(w, d) remainders by d.
class Footprints {
 public:
  Footprints(const Nest& nest, const Machine& machine);

  /// Bytes of the cache lines that `access` touches, per level.
  std::span<const double> bytes(int access) const { return slice(bytes_, access); }
  /// Lines that it puts into the same set of the first-level cache, per level: with more than the cache has ways, they
  /// drive each other out however small they are. Rows whose distance is a multiple of a large power of two do that.
  std::span<const double> ways(int access) const { return slice(ways_, access); }
  /// Distinct elements that it touches, per level.
  std::span<const double> elements(int access) const { return slice(elements_, access); }
  /// Elements between one iteration and the next of the loop at each depth; 0 if it does not depend on it.
  std::span<const double> strides(int access) const { return slice(strides_, access); }
  /// Bytes of all buffers that one iteration of `loop` touches, each buffer once.
  double body_bytes(int loop) const { return body_bytes_[static_cast<std::size_t>(loop)]; }

 private:
  std::span<const double> slice(const std::vector<double>& values, int access) const {
    const auto i = static_cast<std::size_t>(access);
    return {values.data() + first_[i], first_[i + 1] - first_[i]};
  }
  std::vector<std::size_t> first_;  ///< per access: where its levels begin
  std::vector<double> bytes_, ways_, elements_, strides_;
  std::vector<double> body_bytes_;
};

}  // namespace tilewright::cost
