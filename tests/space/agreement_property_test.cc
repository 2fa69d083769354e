// Whatever the space proposes computes what the DAG says.
#include <gtest/gtest.h>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "schedule/codec.h"
#include "space/search_space.h"
#include "support/expect_close.h"
#include "support/random_dag.h"
#include "te/error_bound.h"

namespace tilewright::space {
namespace {

/// A machine drawn at random: register files and vectors of several sizes.
Hardware random_hardware(Rng& rng) {
  Hardware hardware;
  hardware.cores = static_cast<int>(rng.between(1, 4));
  hardware.vector_lanes = 4 << rng.below(3);
  hardware.vector_registers = 16 << rng.below(2);
  hardware.l2_bytes = rng.chance(0.5) ? 1 << 20 : 256;  // with little of it, vector axes come outermost
  return hardware;
}

void expect_agrees(const schedule::State& state, std::uint64_t seed, std::string_view what) {
  const Result<loop::Program> program = loop::lower(state);
  ASSERT_TRUE(program) << what << " of seed " << seed << ": " << program.message();
  const Status ok = loop::verify(*program);
  ASSERT_TRUE(ok) << what << " of seed " << seed << ": " << ok.message();
  const te::Dag& dag = *state.base_dag();
  const std::vector<te::Array> inputs = te::random_inputs(dag, seed);
  const auto wrong = support::difference(loop::interpret(*program, inputs), te::interpret_with_bounds(dag, inputs));
  ASSERT_FALSE(wrong) << what << " of seed " << seed << ": " << *wrong << "\n"
                      << te::to_text(dag) << schedule::to_json(state.steps()) << "\n"
                      << loop::to_text(*program);
}

TEST(DefaultSchedule, AgreesWithTheInterpreterForRandomDags) {
  int scheduled = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Rng rng(seed);
    const te::DagRef dag = support::random_dag(rng);
    const schedule::State state = SearchSpace(dag, random_hardware(rng), {}).default_state();
    scheduled += state.num_steps() > 0 ? 1 : 0;
    expect_agrees(state, seed, "default schedule");
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(scheduled, 250);
}

TEST(SearchSpace, SamplesAndMutationsAgreeWithTheInterpreterForRandomDags) {
  int agreed = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Rng rng(seed + 10000);
    const te::DagRef dag = support::random_dag(rng);
    const SearchSpace space(dag, random_hardware(rng), rng.chance(0.3) ? SpaceOptions::ansor() : SpaceOptions{});
    for (int draw = 0; draw < 2; ++draw) {
      auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
      if (!state) continue;
      for (int mutation = 0; mutation < std::ssize(space.mutations()); ++mutation)
        if (auto child = space.mutate(*state, mutation, rng)) state = std::move(child);
      if (!loop::lower(*state)) continue;
      expect_agrees(*state, seed + 10000, "sample");
      if (HasFatalFailure()) return;
      ++agreed;
    }
  }
  EXPECT_GT(agreed, 270);
}

}  // namespace
}  // namespace tilewright::space
