#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tilewright::compile {

/// A buffer and the calls during which it holds something: from the call that writes it to the last that reads it.
struct Lifetime {
  std::int64_t bytes;
  int first, last;  ///< positions of calls, both included
};

struct MemoryPlan {
  std::vector<std::int64_t> offsets;  ///< one per buffer, bytes, multiples of 64
  std::int64_t bytes = 0;             ///< of the whole arena
};

/// Places buffers in one arena so that no two that live at the same time overlap. The largest buffers choose first,
/// each the lowest place that is free for its whole life (greedy by size: Pisarchyk, Lee, "Efficient Memory Management
/// for Deep Neural Net Inference", MLSys workshop 2020).
MemoryPlan plan_memory(std::span<const Lifetime> buffers);

}  // namespace tilewright::compile
