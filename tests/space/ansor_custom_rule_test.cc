// Sketch rules of the user's own (docs/ansor.md §3.5), tried before the built-in ones.
#include <gtest/gtest.h>

#include <array>

#include "schedule/codec.h"
#include "schedule/workloads.h"
#include "space/queries.h"
#include "space/sketch/rules.h"

namespace tilewright::space {
namespace {

/// Splits every loop of a reduction once, and leaves it at that.
std::vector<Partial> split_once(SketchContext&, const schedule::State& before, int stage) {
  std::vector<Partial> result{{before, stage - 1}};
  const auto loops = static_cast<int>(before.stage(stage).iters.size());
  for (int loop = 0; loop < loops; ++loop) {
    const std::int64_t extent = before.stage(stage).iters[static_cast<std::size_t>(loop)].extent;
    apply(result[0].state, schedule::SplitStep{stage, 2 * loop, extent, {schedule::kUnknown}, true});
  }
  return result;
}

template <RuleCondition verdict>
RuleCondition if_it_reduces(SketchContext&, const schedule::State& state, int stage) {
  return has_reduce_iter(state.stage(stage)) && !is_cache_of_write(state, stage) ? verdict : RuleCondition::skip;
}

constexpr SketchRule kSplitOnce{"split-once", if_it_reduces<RuleCondition::apply>, split_once};
constexpr SketchRule kOnlySplitOnce{"only-split-once", if_it_reduces<RuleCondition::apply_and_skip_rest>, split_once};

std::vector<schedule::State> sketches(const te::DagRef& dag, std::span<const SketchRule* const> rules) {
  SketchContext context(Hardware{.cores = 2});
  return generate_sketches(dag, context, rules);
}

const char* const kSplitsOfMatmul = R"([["SP",2,0,64,[null],1],["SP",2,2,64,[null],1],["SP",2,4,64,[null],1]])";

TEST(CustomRule, AddsItsSketchesBeforeTheBuiltInOnes) {
  const te::DagRef dag = workloads::matmul(64, 64, 64);
  const std::vector<schedule::State> found = sketches(dag, std::array{&kSplitOnce}), usual = sketches(dag, {});
  ASSERT_EQ(found.size(), usual.size() + 1);
  EXPECT_EQ(schedule::to_json(found[0].steps()).dump(), kSplitsOfMatmul);
  for (std::size_t i = 0; i < usual.size(); ++i)
    EXPECT_EQ(schedule::to_json(found[i + 1].steps()), schedule::to_json(usual[i].steps()));
}

TEST(CustomRule, CanTakeAStageFromTheBuiltInOnes) {
  const std::vector<schedule::State> found = sketches(workloads::matmul(64, 64, 64), std::array{&kOnlySplitOnce});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(schedule::to_json(found[0].steps()).dump(), kSplitsOfMatmul);
}

TEST(CustomRule, TheFirstThatSkipsTheRestWins) {
  const std::vector<schedule::State> found =
      sketches(workloads::matmul(64, 64, 64), std::array{&kOnlySplitOnce, &kSplitOnce});
  EXPECT_EQ(found.size(), 1U);
}

TEST(CustomRule, LeavesStagesItDoesNotWantToTheOthers) {
  // Two reductions: each is the user's rule's, and the elementwise stages in between stay as they are.
  const std::vector<schedule::State> found = sketches(workloads::softmax(64, 64), std::array{&kOnlySplitOnce});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(schedule::to_json(found[0].steps()).dump(),
            R"([["SP",3,0,64,[null],1],["SP",3,2,64,[null],1],["SP",1,0,64,[null],1],["SP",1,2,64,[null],1]])");
}

}  // namespace
}  // namespace tilewright::space
