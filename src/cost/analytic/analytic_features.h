#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "cost/analytic/analytic_model.h"

namespace tilewright::cost {

inline constexpr std::size_t kDraftColumns = 56;

/// What a program does with one buffer that it stores to, as the analytic model sees the code that is emitted: after
/// guards split loops and pragmas unrolled them.
struct AnalyticRow {
  loop::BufferId buffer;
  double cycles;  ///< the analytic model's; over all rows they add up to its estimate of the program
  std::array<float, kDraftColumns> values;
};

/// One row per buffer that is stored to, in order of the first store. Counts, bytes and cycles are log2(1 + x); shares
/// and flags lie in [0, 1]; ratios are as they are. Names and meanings: analytic_columns(). Threads: pure.
std::vector<AnalyticRow> analytic_features(const Analysis& analysis, const Machine& machine);

struct AnalyticColumn {
  std::string_view name, meaning;
};
std::span<const AnalyticColumn> analytic_columns();

}  // namespace tilewright::cost
