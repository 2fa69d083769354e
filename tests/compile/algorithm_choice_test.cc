#include "compile/algorithm_choice.h"

#include <gtest/gtest.h>

#include <map>

#include "base/rng.h"

namespace tilewright::compile {
namespace {

using graph::Algorithm;

/// A layer that Winograd can compute, and one that it can't.
graph::Partition network() {
  graph::Graph graph;
  graph::Conv conv{.layout = graph::Layout::nhwc};
  conv.window = {.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}};
  const auto weights = [&](std::int64_t filters) {
    runtime::Tensor w(DType::f32, {3, 3, 16, filters});
    Rng rng(1);
    for (float& x : w.as<float>()) x = static_cast<float>(rng.uniform() - 0.5);
    return graph.add_constant("w", w);
  };
  graph::TensorId x = graph.add_input("x", {DType::f32, {1, 9, 9, 16}});
  x = graph.add(conv, {x, weights(16)}, "first");
  graph.add_output("y", graph.add(conv, {x, weights(8)}, "second"));
  return graph::partition(graph);
}

using Times = std::map<std::string, double>;  ///< by the beginning of a description

Algorithms::TimeOf times(const Times& known) {
  return [known](const task::Task& task) -> std::optional<double> {
    const auto found = known.find(task.description.substr(0, task.description.find(' ')));
    return found == known.end() ? std::nullopt : std::optional(found->second);
  };
}

Algorithm chosen(const graph::AlgorithmOptions& options, const Times& known) {
  const std::vector<AlgorithmChoice> choices = Algorithms(network(), options, 1).choose(times(known));
  EXPECT_EQ(choices.size(), 1u);
  return choices.at(0).chosen;
}

TEST(AlgorithmChoice, AreChosenByTheTimesThatAreKnown) {
  EXPECT_EQ(chosen({}, {{"conv2d", 3}, {"winograd2", 2}, {"winograd4", 1}}), Algorithm::winograd4);
  EXPECT_EQ(chosen({}, {{"conv2d", 3}, {"winograd2", 2}}), Algorithm::winograd2);
  EXPECT_EQ(chosen({}, {{"conv2d", 1}, {"winograd2", 2}, {"winograd4", 3}}), Algorithm::direct);
  EXPECT_EQ(chosen({}, {}), Algorithm::direct) << "no time is known";
}

TEST(AlgorithmChoice, AreOnlyThoseThatAreAllowed) {
  const Times known{{"conv2d", 3}, {"winograd2", 2}, {"winograd4", 1}};
  EXPECT_EQ(chosen({{Algorithm::direct, Algorithm::winograd2}}, known), Algorithm::winograd2);
  EXPECT_EQ(chosen({{Algorithm::winograd2}}, known), Algorithm::winograd2);
  EXPECT_EQ(chosen({{Algorithm::winograd4, Algorithm::direct}}, {}), Algorithm::direct);
  EXPECT_EQ(chosen({{Algorithm::winograd4}}, {}), Algorithm::winograd4) << "nothing else is allowed";
  EXPECT_TRUE(Algorithms(network(), {{Algorithm::direct}}, 1).choose(times(known)).empty());
}

TEST(AlgorithmChoice, AreOnlyThoseThatAreExactEnough) {
  const Times known{{"conv2d", 3}, {"winograd2", 2}, {"winograd4", 1}};
  EXPECT_EQ(chosen({.max_error = 0}, known), Algorithm::direct);
  EXPECT_EQ(chosen({{Algorithm::winograd4}, 0}, known), Algorithm::direct) << "something must compute it";
  const auto candidates = Algorithms(network(), {}, 1).choose(times(known)).at(0).candidates;
  ASSERT_EQ(candidates.size(), 3u);
  ASSERT_LT(candidates[1].error, candidates[2].error);
  EXPECT_EQ(chosen({.max_error = candidates[1].error}, known), Algorithm::winograd2);
}

TEST(AlgorithmChoice, GiveTasksThatFollowTheOnesTheyCompeteWith) {
  const auto names = [](const graph::AlgorithmOptions& options) {
    std::string all;
    for (const task::Task& task : Algorithms(network(), options, 1).tasks())
      all += task.description.substr(0, task.description.find(' ')) + (task.alternative_of.empty() ? " " : "* ");
    return all;
  };
  EXPECT_EQ(names({}), "conv2d winograd2* winograd4* conv2d ");
  EXPECT_EQ(names({{Algorithm::direct}}), "conv2d conv2d ");
  EXPECT_EQ(names({{Algorithm::winograd4}}), "winograd4* conv2d ");
  EXPECT_EQ(names({{Algorithm::winograd4}, 0}), "conv2d conv2d ");
}

TEST(AlgorithmChoice, ComputeTheNetworkAsChosen) {
  const Algorithms algorithms(network(), {}, 1);
  const graph::Partition cut = algorithms.computed_by(algorithms.choose(times({{"winograd4", 1}})));
  ASSERT_EQ(cut.tasks.size(), 2u);
  EXPECT_TRUE(cut.tasks[0].description.starts_with("winograd4")) << cut.tasks[0].description;
  EXPECT_TRUE(cut.tasks[1].description.starts_with("conv2d")) << cut.tasks[1].description;
}

}  // namespace
}  // namespace tilewright::compile
