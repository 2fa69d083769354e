#include "space/search_space.h"

#include <gtest/gtest.h>

#include <set>

#include "loop/lower.h"
#include "schedule/codec.h"
#include "schedule/workloads.h"

namespace tilewright::space {
namespace {

/// Small enough to lower hundreds of times.
std::vector<te::DagRef> small_dags() {
  return {workloads::matmul(32, 48, 24),
          workloads::matmul(4, 256, 4),
          workloads::matmul_bias_relu(16, 16, 17),
          workloads::conv2d_bias_relu({14, 16, 8, 3, 1, 1}),
          workloads::conv2d_plain({9, 6, 5, 3, 2, 1}),
          workloads::conv2d_bn_relu({8, 16, 8, 1, 2, 0}),
          workloads::depthwise_bias_relu(10, 16),
          workloads::softmax(12, 20),
          workloads::max_pool2d(12, 8, 3),
          workloads::parsed("transpose_batch_matmul:seq=16,heads=3,dim=8"),
          workloads::parsed("norm:b=2,m=12,n=16"),
          workloads::reduce_sum_all(16, 12),
          workloads::parsed("elementwise_chain:m=13,n=7"),
          workloads::transpose(6, 10),
          workloads::parsed("matmul:n=16,m=192,k=192,constant=1")};  // weights worth asking for ahead
}

Hardware on_two_cores() {
  Hardware hardware;
  hardware.cores = 2;
  return hardware;
}

void expect_replays(const schedule::State& state) {
  Result<schedule::State> again = schedule::State::replay(state.base_dag(), state.steps());
  ASSERT_TRUE(again) << again.message();
  const auto extents = loop::infer_extents(*again);
  ASSERT_TRUE(extents) << extents.message();
  again->set_extents(*extents);
  EXPECT_EQ(schedule::to_text(*again), schedule::to_text(state)) << schedule::to_json(state.steps());
}

void expect_lowers(const schedule::State& state) {
  const Result<loop::Program> program = loop::lower(state);
  ASSERT_TRUE(program) << program.message() << schedule::to_json(state.steps());
  const Status ok = loop::verify(*program);
  EXPECT_TRUE(ok) << ok.message() << schedule::to_text(state) << loop::to_text(*program);
}

class SpaceKinds : public testing::TestWithParam<std::string> {
 protected:
  const SpaceOptions options_ = parse_space(GetParam());
};
INSTANTIATE_TEST_SUITE_P(SearchSpace, SpaceKinds,
                         testing::Values("ansor", "full", "full,no-register-tile", "full,no-tails",
                                         "full,no-cache-blocks", "full,no-wide-vectors", "full,no-packing",
                                         "full,no-balance", "full,no-memory-hints"),
                         [](const auto& kind) {
                           std::string name = kind.param;
                           std::erase_if(name, [](char c) { return c == ',' || c == '-'; });
                           return name;
                         });

TEST_P(SpaceKinds, SamplesAreConcreteReplayAndLower) {
  Rng rng(1);
  int valid = 0, drawn = 0;
  for (const te::DagRef& dag : small_dags()) {
    const SearchSpace space(dag, on_two_cores(), options_);
    for (int draw = 0; draw < 20; ++draw) {
      ++drawn;
      const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
      if (!state) continue;
      ++valid;
      EXPECT_TRUE(state->is_concrete());
      expect_replays(*state);
      expect_lowers(*state);
    }
  }
  EXPECT_GE(valid, drawn * 9 / 10);
}

TEST_P(SpaceKinds, ChainsOfMutationsReplayAndLower) {
  Rng rng(2);
  std::vector<int> successes;
  for (const te::DagRef& dag : small_dags()) {
    const SearchSpace space(dag, on_two_cores(), options_);
    successes.resize(space.mutations().size());
    for (int chain = 0; chain < 4; ++chain) {
      std::optional<schedule::State> state;
      const int sketch = static_cast<int>(rng.below(std::ssize(space.sketches())));
      while (!state) state = space.sample(sketch, rng);
      const std::optional<schedule::State> mate = space.sample(sketch, rng);
      for (int step = 0; step < 120; ++step) {
        const int mutation = static_cast<int>(rng.below(std::ssize(successes)));
        const std::optional<schedule::State> child = space.mutate(*state, mutation, rng, mate ? &*mate : nullptr);
        if (!child) continue;
        ++successes[static_cast<std::size_t>(mutation)];
        expect_replays(*child);
        if (options_.kind == SpaceKind::ansor) {
          EXPECT_NE(schedule::to_json(child->steps()), schedule::to_json(state->steps()));
          expect_lowers(*child);
        }
        if (loop::lower(*child)) state = child;
      }
    }
  }
  const auto rules = SearchSpace(small_dags().front(), on_two_cores(), options_).mutations();
  for (std::size_t i = 0; i < rules.size(); ++i) EXPECT_GT(successes[i], 5) << rules[i].name;
}

TEST(SearchSpace, HintsAtMemoryOnlyWhereTheyCanMatter) {
  Hardware hardware = on_two_cores();
  hardware.l3_bytes = 16 << 10;
  const auto hints = [&](const std::string& text) {
    const SearchSpace space(workloads::parsed(text), hardware, {});
    std::set<std::string> found;
    Rng rng(3);
    for (int draw = 0; draw < 40; ++draw)
      if (const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng))
        for (const schedule::Step& step : state->steps())
          if (const auto* pragma = std::get_if<schedule::PragmaStep>(&step);
              pragma && !pragma->text.starts_with("auto"))
            found.insert(pragma->text);
    return found;
  };
  using Texts = std::set<std::string>;
  EXPECT_EQ(hints("matmul:n=8,m=192,k=192,constant=1"), (Texts{"prefetch_constants$0", "prefetch_constants$1"}));
  EXPECT_EQ(hints("matmul:n=8,m=192,k=192"), Texts{});           // no constants
  EXPECT_EQ(hints("matmul:n=8,m=64,k=64,constant=1"), Texts{});  // few
  EXPECT_EQ(hints("gelu:m=64,n=128"), (Texts{"stream_stores$0", "stream_stores$1"}));
  EXPECT_EQ(hints("gelu:m=16,n=128"), Texts{});  // the caches keep it
}

TEST(SearchSpace, DrawsAreDecidedByTheSeed) {
  const SearchSpace space(workloads::conv2d_bias_relu({14, 16, 8, 3, 1, 1}), on_two_cores(), SpaceOptions::ansor());
  const auto draw = [&](std::uint64_t seed) {
    Rng rng(seed);
    auto state = space.sample(0, rng);
    for (int mutation : {0, 0, 1})
      if (auto child = state ? space.mutate(*state, mutation, rng) : std::nullopt) state = child;
    return state ? schedule::to_json(state->steps()) : nlohmann::json();
  };
  EXPECT_EQ(draw(5), draw(5));
  EXPECT_NE(draw(5), draw(6));
}

TEST(SearchSpace, MutationsHaveAnsorsOdds) {
  const SearchSpace space(small_dags().front(), on_two_cores(), SpaceOptions::ansor());
  double sum = 0;
  for (const SearchSpace::MutationInfo& info : space.mutations()) sum += info.odds;
  EXPECT_DOUBLE_EQ(sum, 1.0);
  EXPECT_EQ(space.mutations()[0].name, "tile-size");
  EXPECT_EQ(space.mutations()[3].name, "parallel");
  for (std::size_t i = 4; i < space.mutations().size(); ++i) EXPECT_EQ(space.mutations()[i].odds, 0);
}

TEST(SpaceOptions, NamesRoundTripAndUnknownOnesAreRefused) {
  for (const char* text : {"ansor", "full", "full,no-tails", "full,no-register-tile,no-balance"})
    EXPECT_EQ(to_text(parse_space(text)), text);
  for (const char* text : {"", "fuller", "ansor,no-tails", "full,", "full,tails", "full,no-", "full,no-tails,,"})
    EXPECT_THROW(parse_space(text), Error) << text;
}

TEST(DefaultSchedule, ReplaysAndLowersForEveryDag) {
  for (const te::DagRef& dag : small_dags()) {
    const schedule::State state = SearchSpace(dag, on_two_cores(), {}).default_state();
    EXPECT_TRUE(state.is_concrete());
    EXPECT_GT(state.num_steps(), 0) << te::to_text(*dag);
    expect_lowers(state);
  }
  for (const auto& [name, dag] : workloads::all()) {
    const schedule::State state = SearchSpace(dag, on_two_cores(), {}).default_state();
    EXPECT_GT(state.num_steps(), 0) << name;
    expect_lowers(state);
  }
}

}  // namespace
}  // namespace tilewright::space
