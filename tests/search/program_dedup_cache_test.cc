#include "search/evolve/program_dedup_cache.h"

#include <gtest/gtest.h>

#include "backend/cpu/targets.h"
#include "te/expr.h"

namespace tilewright::search {
namespace {

using schedule::AnnotateStep;
using schedule::Annotation;
using schedule::SplitStep;
using schedule::State;

State vectors_of(std::int64_t width) {
  const te::Tensor x = te::placeholder({64, 32}, "x");
  const te::Tensor y =
      te::compute({64, 32}, "y", [&](std::span<const te::Expr> i) { return x(i[0], i[1]) * te::Expr(2.0F); });
  const Result<State> state = State::replay(te::Dag::make(std::vector<te::Tensor>{x, y}),
                                            {SplitStep{1, 1, 32, {width}}, AnnotateStep{1, 2, Annotation::vectorize}});
  EXPECT_TRUE(state) << state.message();
  return *state;
}

TEST(ProgramDedupCache, SeePastWhatTheTargetsPassesMakeEqual) {
  ProgramDedupCache programs(*cpu::parse_target("x86-64-v4"));
  EXPECT_TRUE(programs.add(vectors_of(16)));
  EXPECT_FALSE(programs.add(vectors_of(16)));
  EXPECT_FALSE(programs.add(vectors_of(8)));  // joined to whole registers
  EXPECT_TRUE(programs.add(vectors_of(32)));
  ProgramDedupCache narrow(*cpu::parse_target("x86-64-v3"));
  EXPECT_TRUE(narrow.add(vectors_of(16)));
  EXPECT_TRUE(narrow.add(vectors_of(8)));  // one register there
}

}  // namespace
}  // namespace tilewright::search
