#include "compile/memory_plan.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace tilewright::compile {
namespace {

TEST(MemoryPlan, ReusesMemoryOfWhatIsDead) {
  const std::vector<Lifetime> chain = {{1000, 0, 1}, {1000, 1, 2}, {1000, 2, 3}, {1000, 3, 4}};
  const MemoryPlan plan = plan_memory(chain);
  EXPECT_EQ(plan.bytes, 2 * 1024);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
}

TEST(MemoryPlan, FillsGapsBetweenLargerBuffers) {
  const std::vector<Lifetime> buffers = {{640, 0, 3}, {320, 0, 1}, {320, 2, 3}, {640, 0, 3}, {320, 2, 2}};
  EXPECT_EQ(plan_memory(buffers).bytes, 640 + 640 + 320 + 320);
}

TEST(MemoryPlan, OfNothingIsEmpty) { EXPECT_EQ(plan_memory({}).bytes, 0); }

TEST(MemoryPlan, NeverOverlapsWhatLivesTogetherAndAlignsEverything) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    std::vector<Lifetime> buffers;
    for (std::int64_t i = rng.between(1, 60); i > 0; --i) {
      const int first = static_cast<int>(rng.below(40));
      buffers.push_back({rng.between(1, 5000), first, first + static_cast<int>(rng.below(10))});
    }
    const MemoryPlan plan = plan_memory(buffers);
    for (std::size_t a = 0; a < buffers.size(); ++a) {
      EXPECT_EQ(plan.offsets[a] % 64, 0);
      EXPECT_LE(plan.offsets[a] + buffers[a].bytes, plan.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        if (buffers[a].last < buffers[b].first || buffers[b].last < buffers[a].first) continue;
        EXPECT_TRUE(plan.offsets[a] + buffers[a].bytes <= plan.offsets[b] ||
                    plan.offsets[b] + buffers[b].bytes <= plan.offsets[a])
            << "buffers " << a << " and " << b << ", seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace tilewright::compile
