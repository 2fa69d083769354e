#include <gtest/gtest.h>

#include <set>

#include "loop/lower.h"
#include "support/matmul.h"

namespace tilewright::loop {
namespace {

using namespace schedule;

std::uint64_t hash_of(const te::DagRef& dag, const std::vector<Step>& steps) {
  const Result<State> state = State::replay(dag, steps);
  EXPECT_TRUE(static_cast<bool>(state)) << state.message();
  const Result<Program> program = lower(*state);
  EXPECT_TRUE(static_cast<bool>(program)) << program.message();
  return structural_hash(*program);
}

TEST(StructuralHash, SeesPastLoopsOfOneIterationAndNames) {
  const te::DagRef dag = support::matmul(16, 32, 8);
  const std::uint64_t plain = hash_of(dag, {SplitStep{2, 1, 32, {16}}});
  EXPECT_EQ(hash_of(dag, {SplitStep{2, 0, 16, {1}}, SplitStep{2, 2, 32, {16}}}), plain);
  EXPECT_EQ(hash_of(dag, {SplitStep{2, 0, 16, {16}}, SplitStep{2, 2, 32, {1, 16}}}), plain);
  // The same loop, as two that are fused again.
  EXPECT_EQ(hash_of(dag, {SplitStep{2, 1, 32, {16}}, SplitStep{2, 0, 16, {1}}, FuseStep{2, {0, 1}}}), plain);
}

TEST(StructuralHash, TellsProgramsApart) {
  const te::DagRef dag = support::matmul(16, 32, 8);
  const std::vector<std::vector<Step>> different{
      {},
      {SplitStep{2, 1, 32, {16}}},
      {SplitStep{2, 1, 32, {8}}},
      {SplitStep{2, 0, 16, {4}}},
      {ReorderStep{2, {1, 0, 2}}},
      {ReorderStep{2, {0, 2, 1}}},
      {ReorderStep{2, {0, 2, 1}}, AnnotateStep{2, 2, Annotation::vectorize}},
      {AnnotateStep{2, 0, Annotation::parallel}},
      {AnnotateStep{2, 1, Annotation::parallel}},
      {AnnotateStep{2, 0, Annotation::unroll}},
      {SplitStep{2, 1, 32, {12}}},
  };
  std::set<std::uint64_t> hashes;
  for (const std::vector<Step>& steps : different) hashes.insert(hash_of(dag, steps));
  EXPECT_EQ(hashes.size(), different.size());
  EXPECT_NE(hash_of(support::matmul(16, 32, 9), {}), hash_of(dag, {}));
  EXPECT_NE(hash_of(support::matmul(16, 32, 8, true), {CacheReadStep{1, kPackedScope, {2}}, ComputeAtStep{2, 3, 1}}),
            hash_of(support::matmul(16, 32, 8, true), {}));
}

TEST(StructuralHash, TellsCopiesOfALoopApartThatDoOtherIterations) {
  const auto hash_of_copies = [](const char* first, const char* second) {
    const std::string body = " of 4\n  C[v0] = A[v0]\n";
    const Result<Program> program =
        parse("input 0 A f32[4]\noutput 1 C f32[4]\nfor v0 in " + (first + body) + "for v0 in " + (second + body));
    EXPECT_TRUE(program) << program.message();
    return structural_hash(*program);
  };
  EXPECT_NE(hash_of_copies("0..1", "1..2"), hash_of_copies("0..1", "2..3"));
  EXPECT_NE(hash_of_copies("0..2", "2..3"), hash_of_copies("0..2", "3..4"));
  EXPECT_EQ(hash_of_copies("0..2", "2..3"), hash_of_copies("0..2", "2..3"));
}

}  // namespace
}  // namespace tilewright::loop
