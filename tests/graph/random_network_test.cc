// Whatever the network: passes, fusion and memory planning keep what it computes.

#include "random_network.h"

#include <gtest/gtest.h>

#include "base/integer.h"
#include "compile/compile_model.h"
#include "graph/passes.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

constexpr std::uint64_t kNetworks = 300;
constexpr std::int64_t kElements =
    20000;  ///< that a tensor of a random network may have, to keep the interpreter quick

bool is_small(const Graph& graph) {
  for (TensorId id = 0; id < graph.num_tensors(); ++id)
    if (product(graph.shape(id)) > kElements) return false;
  return true;
}

double largest(const te::Array& a) {
  double m = 1;
  for (const double v : a.values) m = std::max(m, std::abs(v));
  return m;
}

TEST(RandomNetworks, ComputeTheSameAfterAllPasses) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    const Graph network = random_network(rng, static_cast<int>(rng.between(3, 16)));
    if (!is_small(network)) continue;
    ++compared;
    const Arrays feeds{{"x", random_array(network.shape(network.inputs()[0].tensor), seed)}};
    const Arrays expected = run_reference(partition(to_nhwc(lower_batch_norm(network))), feeds);
    const Arrays actual = run_reference(partition(optimize(network)), feeds);
    for (const auto& [name, value] : expected) expect_near(actual.at(name), value, 1e-4 * largest(value));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(compared, kNetworks * 9 / 10);
}

TEST(RandomNetworks, EveryPassKeepsItsOwnResult) {
  for (std::uint64_t seed = 0; seed < kNetworks; ++seed) {
    Rng rng(seed);
    const Graph network = optimize(random_network(rng, 10));
    for (const std::string_view pass : pass_manager().names()) {
      Graph once = network;
      pass_manager().run_one(pass, once);
      Graph twice = once;
      pass_manager().run_one(pass, twice);
      EXPECT_EQ(to_text(twice), to_text(once)) << pass << " changed its own output, seed " << seed;
    }
  }
}

TEST(RandomNetworks, ComputeTheSameWithoutAnyOfThePassesThatCanBeLeftOut) {
  Passes& passes = pass_manager();
  for (const std::string_view left_out : passes.names()) {
    if (passes.is_needed(left_out)) continue;
    SCOPED_TRACE(left_out);
    int compared = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      Rng rng(seed);
      const Graph network = random_network(rng, static_cast<int>(rng.between(3, 16)));
      if (!is_small(network)) continue;
      ++compared;
      const Arrays feeds{{"x", random_array(network.shape(network.inputs()[0].tensor), seed)}};
      const Arrays expected = run_reference(partition(optimize(network)), feeds);
      passes.switch_pass(left_out, false);
      const Arrays actual = run_reference(partition(optimize(network)), feeds);
      passes.switch_pass(left_out, true);
      for (const auto& [name, value] : expected) expect_near(actual.at(name), value, 1e-4 * largest(value));
      if (HasFatalFailure()) return;
    }
    EXPECT_GT(compared, 7);
  }
}

/// A tensor in memory during some calls.
struct Use {
  runtime::BufferRef place;
  std::int64_t bytes;
  int first, last;
};

TEST(RandomNetworks, PlansNeverGiveTwoLiveTensorsTheSameMemory) {
  for (std::uint64_t seed = 0; seed < kNetworks; ++seed) {
    Rng rng(seed);
    const Partition cut = partition(optimize(random_network(rng, 14)));
    const runtime::ModelPlan plan =
        compile::plan_model(cut, std::vector<std::vector<PackedArgument>>(cut.tasks.size()));
    std::map<TensorId, Use> uses;
    for (int c = 0; c < static_cast<int>(cut.calls.size()); ++c) {
      const TaskCall& call = cut.calls[static_cast<std::size_t>(c)];
      const auto& buffers = plan.calls[static_cast<std::size_t>(c)].buffers;
      const auto [owner, offset] = cut.views.memory_of(call.output);
      runtime::BufferRef place = buffers.back();
      place.position -= place.place == runtime::BufferRef::Place::arena ? offset : 0;
      uses.try_emplace(owner, Use{place, 4 * product(cut.graph.shape(owner)), c, c}).first->second.last = c;
      for (std::size_t i = 0; i < call.inputs.size(); ++i) {
        const auto [source, begin] = cut.views.memory_of(call.inputs[i]);
        const auto use = uses.find(source);
        if (use == uses.end()) continue;
        const bool is_in_arena = buffers[i].place == runtime::BufferRef::Place::arena;
        EXPECT_EQ(use->second.place.position + (is_in_arena ? begin : 0), buffers[i].position)
            << "read elsewhere than written, seed " << seed;
        use->second.last = c;
      }
    }
    for (const auto& [a, x] : uses)
      for (const auto& [b, y] : uses) {
        if (a >= b || x.place.place != runtime::BufferRef::Place::arena || y.place.place != x.place.place) continue;
        EXPECT_LE(x.place.position + x.bytes, plan.arena_bytes);
        if (x.last < y.first || y.last < x.first) continue;
        EXPECT_TRUE(x.place.position + x.bytes <= y.place.position || y.place.position + y.bytes <= x.place.position)
            << "tensors " << a << " and " << b << " overlap, seed " << seed;
      }
  }
}

}  // namespace
}  // namespace tilewright::graph
