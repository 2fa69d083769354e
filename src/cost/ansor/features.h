#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "loop/bounds.h"
#include "schedule/state.h"

namespace tilewright::cost::ansor {

/// Length of a row: 57 of computation, 5 buffers of 18, 10 of arithmetic intensity, 4 of allocation, 3 of scope.
inline constexpr int kColumns = 164;

/// The features of one buffer that a program stores to, by position as in docs/ansor.md §6.2 (names: feature_names.h).
struct Row {
  loop::BufferId buffer;
  std::array<float, kColumns> values;
};

/// Ansor's features: one row per buffer that is stored to, in order of the first store. Entries are log2(1 + x), as
/// Ansor's, but for those that are 0 or 1. `bounds` must be those of `state`. Threads: pure.
/// Differs from the real ones in the integer operations (operations.h) and in `unique_lines` where TVM takes the region
/// of another buffer by mistake; ties among buffers are broken by order of appearance.
std::vector<Row> features(const schedule::State& state, const loop::Bounds& bounds);

}  // namespace tilewright::cost::ansor
