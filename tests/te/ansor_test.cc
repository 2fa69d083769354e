#include <gtest/gtest.h>

#include <algorithm>

#include "ansor_facts.h"
#include "ansor_workloads.h"
#include "te/access.h"
#include "te/flops.h"

namespace tilewright::te {
namespace {

class Ansor : public ::testing::TestWithParam<AnsorFacts> {
 protected:
  const DagRef dag = ansor_workload(GetParam().workload);
  const AccessAnalysis analysis{dag};
  const int count = static_cast<int>(dag->ops().size());
  const std::string& name(int i) const { return dag->ops()[static_cast<std::size_t>(i)]->name; }
};

TEST_P(Ansor, PrintsTheSameDag) { EXPECT_EQ(to_text(*dag), GetParam().dag); }

TEST_P(Ansor, SeesTheSameOperations) {
  std::string found;
  for (int i = 0; i < count; ++i)
    found += fmt::format("{} {:d} {:d} {:d}\n", name(i), analysis.is_simple_access(i),
                         analysis.is_strictly_inlineable(i), analysis.needs_multi_level_tiling(i));
  EXPECT_EQ(found, GetParam().operations);
}

TEST_P(Ansor, MatchesTheSameElementwiseConsumers) {
  std::string found;
  for (int i = 0; i < count; ++i)
    for (int j = i + 1; j < count; ++j)
      if (analysis.elementwise_match(i, j)) found += fmt::format("{} -> {}\n", name(i), name(j));
  EXPECT_EQ(found, GetParam().elementwise_match);
}

TEST_P(Ansor, CountsTheSameCommonOuterLoops) {
  for (int i = 0; i < count; ++i)
    for (int j : dag->readers(i)) {
      // Ansor prints direct pairs; where a longer path leads there too, the query takes the least over both.
      const std::vector<int>& others = dag->reads(j);
      const auto leads_there = [&](int k) { return std::ranges::count(dag->reads(k), i) > 0; };
      if (std::ranges::any_of(others, leads_there)) continue;
      const std::string line = fmt::format("{} {} {}\n", name(i), name(j), analysis.num_common_outer_iterators(i, j));
      EXPECT_NE(GetParam().common_outer_loops.find(line), std::string_view::npos) << line;
    }
}

TEST_P(Ansor, CountsTheSameFlops) { EXPECT_EQ(flop_count(*dag), GetParam().flops); }

INSTANTIATE_TEST_SUITE_P(Workloads, Ansor, ::testing::ValuesIn(kAnsorFacts),
                         [](const auto& facts) { return std::string(facts.param.workload); });

}  // namespace
}  // namespace tilewright::te
