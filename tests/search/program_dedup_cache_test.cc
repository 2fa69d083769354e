#include "search/evolve/program_dedup_cache.h"

#include <gtest/gtest.h>

#include "backend/cpu/backend.h"
#include "target/processors.h"
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

backend::TargetRef target(const char* name) { return cpu::make_target(*target::parse_target(name)); }

TEST(ProgramDedupCache, SeePastWhatTheTargetsPassesMakeEqual) {
  const auto wide = target("x86-64-v4"), narrow = target("x86-64-v3");
  ProgramDedupCache programs;
  EXPECT_TRUE(programs.add({vectors_of(16), wide}));
  EXPECT_FALSE(programs.add({vectors_of(16), wide}));
  EXPECT_FALSE(programs.add({vectors_of(8), wide}));  // joined to whole registers
  EXPECT_TRUE(programs.add({vectors_of(32), wide}));
  ProgramDedupCache of_narrow;
  EXPECT_TRUE(of_narrow.add({vectors_of(16), narrow}));
  EXPECT_TRUE(of_narrow.add({vectors_of(8), narrow}));  // one register there
}

}  // namespace
}  // namespace tilewright::search
