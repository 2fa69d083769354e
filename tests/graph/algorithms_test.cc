#include "graph/algorithms.h"

#include <gtest/gtest.h>

#include <limits>

#include "graph/alternatives.h"
#include "graph/array.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

std::string message_of(std::string_view list) {
  try {
    parse_algorithms(list);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
    return error.what();
  }
  return "no error";
}

TEST(Algorithms, AreListedByName) {
  EXPECT_EQ(parse_algorithms("winograd4,direct,winograd4"),
            (std::vector<Algorithm>{Algorithm::winograd4, Algorithm::direct}));
  for (const Algorithm algorithm : kAlgorithms)
    EXPECT_EQ(parse_algorithms(name_of(algorithm)), std::vector<Algorithm>{algorithm});
}

TEST(Algorithms, ThatAreNotKnownAreNamedBesideThoseThatAre) {
  EXPECT_EQ(message_of("direct,fft"), "'fft' is no algorithm; known are direct, winograd2, winograd4");
  EXPECT_EQ(message_of(""), "'' is no algorithm; known are direct, winograd2, winograd4");
  EXPECT_EQ(message_of("direct,"), "'' is no algorithm; known are direct, winograd2, winograd4");
}

struct Form {
  Conv conv;
  Shape data{1, 8, 8, 16}, weights{3, 3, 16, 16};
  bool constant = true;
};

Conv nhwc_3x3() {
  Conv conv{.layout = Layout::nhwc};
  conv.window.kernel = {3, 3};
  return conv;
}

Graph network(const Form& form) {
  Graph graph;
  const TensorId x = graph.add_input("x", {DType::f32, form.data});
  const TensorId w = form.constant ? graph.add_constant("w", runtime::Tensor(DType::f32, form.weights))
                                   : graph.add_input("w", {DType::f32, form.weights});
  graph.add_output("y", graph.add(form.conv, {x, w}, "conv"));
  return graph;
}

bool can_compute(const Form& form) {
  const Graph graph = network(form);
  return can_compute(graph, graph.nodes()[0], Algorithm::winograd2);
}

TEST(Algorithms, WinogradComputesConvolutionsOf3x3WithConstantWeights) {
  EXPECT_TRUE(can_compute({nhwc_3x3()}));
  Form form{nhwc_3x3()};
  form.conv.window.pad_begin = {1, 0}, form.conv.window.pad_end = {2, 1};
  EXPECT_TRUE(can_compute(form));
  form.constant = false;
  EXPECT_FALSE(can_compute(form));
  form = {nhwc_3x3()};
  form.conv.window.strides = {2, 1};
  EXPECT_FALSE(can_compute(form));
  form = {nhwc_3x3()};
  form.conv.window.dilations = {1, 2};
  EXPECT_FALSE(can_compute(form));
  form = {nhwc_3x3()};
  form.conv.groups = 2, form.data[3] = 32;
  EXPECT_FALSE(can_compute(form));
  form = {nhwc_3x3()};
  form.conv.window.kernel = {3, 1}, form.weights = {3, 1, 16, 16};
  EXPECT_FALSE(can_compute(form));
  form = {nhwc_3x3(), {1, 8, 8, 3}, {3, 3, 3, 16}};
  EXPECT_FALSE(can_compute(form)) << "with 3 channels";
}

/// Two layers of equal shape, the second perhaps with an infinite weight, which spoils whole tiles of Winograd's.
Graph two_layers(bool second_is_bad) {
  Graph graph;
  TensorId x = graph.add_input("x", {DType::f32, {1, 9, 9, 16}});
  for (int layer = 0; layer < 2; ++layer) {
    te::Array weights = random_array({3, 3, 16, 16}, static_cast<std::uint64_t>(layer));
    if (layer == 1 && second_is_bad) weights.values[0] = std::numeric_limits<double>::infinity();
    Conv conv = nhwc_3x3();
    conv.window.pad_begin = conv.window.pad_end = {1, 1};
    x = graph.add(Relu{}, {graph.add(conv, {x, graph.add_constant("w", to_tensor(weights))}, "conv")}, "relu");
  }
  graph.add_output("y", x);
  return graph;
}

TEST(Alternatives, CompeteWithTheTaskThatTheyReplace) {
  const Partition cut = partition(two_layers(false));
  ASSERT_EQ(cut.tasks.size(), 1u);
  const auto found = alternatives(cut, {});
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].size(), 2u);
  for (const Alternative& alternative : found[0]) {
    EXPECT_EQ(alternative.task.alternative_of, cut.tasks[0].key);
    EXPECT_NE(alternative.task.key, cut.tasks[0].key);
    EXPECT_EQ(alternative.task.count, 2);
    EXPECT_GT(alternative.error, 0);
    EXPECT_TRUE(alternative.is_exact_enough) << alternative.error;
  }
  EXPECT_NE(found[0][0].task.key, found[0][1].task.key);
  EXPECT_EQ(found[0][1].task.description, "winograd4+relu 9x9x16->16 k3x3 s1");
}

TEST(Alternatives, CountAsExactAsTheWorstLayerIs) {
  const auto with_infinity = alternatives(partition(two_layers(true)), {});
  AlgorithmOptions options;
  options.max_error = 0;
  const auto with_rounding = alternatives(partition(two_layers(false)), options);
  for (const auto& found : {with_infinity, with_rounding}) {
    ASSERT_EQ(found[0].size(), 2u);
    for (const Alternative& alternative : found[0]) EXPECT_FALSE(alternative.is_exact_enough) << alternative.error;
  }
}

TEST(Alternatives, AreNoneWhereOnlyDirectComputationIsAllowed) {
  AlgorithmOptions options;
  options.allowed = {Algorithm::direct};
  EXPECT_TRUE(alternatives(partition(two_layers(false)), options)[0].empty());
}

TEST(Alternatives, AreNoneForAnExpressionThatWasNoPartOfANetwork) {
  const te::Tensor x = te::placeholder({4}, "x");
  const te::Tensor y = te::compute({4}, "y", [&](std::span<const te::Expr> i) { return x(i[0]) + x(i[0]); });
  const Partition cut = single_task(te::Dag::make({x, y}), "twice");
  const auto found = alternatives(cut, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].empty());
  EXPECT_EQ(with_chosen(cut, {Algorithm::direct}).tasks[0].key, cut.tasks[0].key);
}

TEST(WithChosen, CutsTheNetworkIntoTheTasksThatWereTuned) {
  const Partition cut = partition(two_layers(false));
  const Partition chosen = with_chosen(cut, {Algorithm::winograd2});
  ASSERT_EQ(chosen.tasks.size(), 1u);
  EXPECT_EQ(chosen.tasks[0].key, alternatives(cut, {})[0][0].task.key);
  EXPECT_EQ(chosen.tasks[0].count, 2);
}

}  // namespace
}  // namespace tilewright::graph
