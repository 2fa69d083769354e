#include "compile/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "base/integer.h"

namespace tilewright::compile {
namespace {

constexpr std::int64_t kAlignment = 64;

bool live_together(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

MemoryPlan plan_memory(std::span<const Lifetime> buffers) {
  std::vector<std::size_t> by_size(buffers.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](std::size_t a, std::size_t b) { return buffers[a].bytes > buffers[b].bytes; });

  MemoryPlan plan{std::vector<std::int64_t>(buffers.size(), 0), 0};
  std::vector<std::size_t> placed;  // ascending by offset
  for (const std::size_t i : by_size) {
    const std::int64_t bytes = round_up(std::max<std::int64_t>(buffers[i].bytes, 1), kAlignment);
    std::int64_t offset = 0;
    for (const std::size_t other : placed) {
      if (!live_together(buffers[i], buffers[other])) continue;
      if (offset + bytes <= plan.offsets[other]) break;  // fits into the gap before it
      offset =
          std::max(offset, round_up(plan.offsets[other] + std::max<std::int64_t>(buffers[other].bytes, 1), kAlignment));
    }
    plan.offsets[i] = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
    const auto place = std::upper_bound(placed.begin(), placed.end(), offset,
                                        [&](std::int64_t o, std::size_t other) { return o < plan.offsets[other]; });
    placed.insert(place, i);
  }
  return plan;
}

}  // namespace tilewright::compile
