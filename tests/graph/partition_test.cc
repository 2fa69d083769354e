#include "graph/partition.h"

#include <gtest/gtest.h>

#include "graph/array.h"
#include "graph/passes.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;

struct Network {
  Graph graph;
  TensorId x;
  explicit Network(const Shape& shape = {1, 8, 8, 4}) : x(graph.add_input("x", {DType::f32, shape})) {}
  TensorId constant(const Shape& shape) { return graph.add_constant("c", to_tensor(random_array(shape, ++seed_))); }
  TensorId add(Op op, std::vector<TensorId> inputs) { return graph.add(std::move(op), std::move(inputs), "n"); }
  TensorId conv(TensorId t) {  // 3x3, 4 channels to 4
    return add(Conv{.window = {.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}}, .layout = Layout::nhwc},
               {t, constant({3, 3, 4, 4})});
  }
  TensorId bias(TensorId t) { return add(Binary{BinaryOp::add}, {t, constant({1, 1, 1, 4})}); }
  std::vector<std::string> descriptions() {
    std::vector<std::string> texts;
    for (const task::Task& task : partition(graph).tasks)
      texts.push_back(task.description + " *" + std::to_string(task.count));
    return texts;
  }

 private:
  std::uint64_t seed_ = 0;
};
using Texts = std::vector<std::string>;

TEST(Partition, FusesAResidualBlockAndTunesEqualTasksOnce) {
  Network n;
  TensorId t = n.x;
  for (int block = 0; block < 3; ++block) {
    const TensorId inner = n.add(Relu{}, {n.bias(n.conv(t))});
    t = n.add(Relu{}, {n.add(Binary{BinaryOp::add}, {n.bias(n.conv(inner)), t})});
  }
  n.graph.add_output("y", t);
  EXPECT_EQ(n.descriptions(),
            (Texts{"conv2d+bias+relu 8x8x4->4 k3x3 s1 *3", "conv2d+bias+add+relu 8x8x4->4 k3x3 s1 *3"}));
  const Partition cut = partition(n.graph);
  ASSERT_EQ(cut.calls.size(), 6u);
  EXPECT_EQ(cut.calls[1].inputs.size(), 4u);  // data, weights, bias, what is added
  EXPECT_EQ(cut.calls[1].inputs.back(), n.x);
}

// A block with a convolution as shortcut is no task of its own, wherever the shortcut stands.
TEST(Partition, JoinsASumToTheDeeperOfTwoConvolutionsWhateverItsOrder) {
  Network n;
  TensorId t = n.x;
  for (const bool shortcut_first : {false, true, true}) {
    const TensorId early = shortcut_first ? n.conv(t) : -1;
    const TensorId deep = n.conv(n.add(Relu{}, {n.conv(t)}));
    t = n.add(Binary{BinaryOp::add}, shortcut_first ? std::vector{early, deep} : std::vector{deep, n.conv(t)});
  }
  n.graph.add_output("y", t);
  EXPECT_EQ(n.descriptions(),
            (Texts{"conv2d+relu 8x8x4->4 k3x3 s1 *3", "conv2d 8x8x4->4 k3x3 s1 *3", "conv2d+add 8x8x4->4 k3x3 s1 *3"}));
}

TEST(Partition, DoesNotFuseWhatSomebodyElseReads) {
  Network n;
  const TensorId conv = n.conv(n.x);
  n.graph.add_output("y", n.add(Relu{}, {conv}));
  n.graph.add_output("z", conv);
  EXPECT_EQ(n.descriptions(), (Texts{"conv2d 8x8x4->4 k3x3 s1 *1", "relu 1x8x8x4 *1"}));
}

TEST(Partition, FusesElementwiseChainsAndProducersOfDataMovement) {
  Network n;
  const TensorId a = n.add(Unary{te::UnaryOp::exp}, {n.add(Relu{}, {n.x})});
  const TensorId b = n.add(Unary{te::UnaryOp::tanh}, {n.x});
  const TensorId joined = n.add(Concat{3}, {a, b});
  n.graph.add_output("y", n.add(Transpose{{0, 3, 1, 2}}, {n.add(Relu{}, {joined})}));
  EXPECT_EQ(n.descriptions(), Texts{"relu+exp+tanh+concat+relu+transpose 1x8x8x8 *1"});
  const Arrays feeds{{"x", random_array({1, 8, 8, 4}, 9)}};
  const double x = feeds.at("x").values[0];
  EXPECT_NEAR(run_reference(partition(n.graph), feeds).at("y").values[0], std::exp(std::max(x, 0.0)), 1e-6);
}

TEST(Partition, DoesNotRepeatWorkThatIsBroadcast) {
  Network n;
  const TensorId mean = n.add(Reduce{ReduceKind::mean, {1, 2}, true}, {n.x});
  const TensorId gate = n.add(Unary{te::UnaryOp::sigmoid}, {mean});
  n.graph.add_output("y", n.add(Binary{BinaryOp::mul}, {n.x, gate}));
  EXPECT_EQ(n.descriptions(), (Texts{"reduce_mean+sigmoid 1x8x8x4->1x1x1x4 *1", "mul 1x8x8x4 *1"}));
}

TEST(Partition, WritesKnownNumbersIntoTheExpression) {
  Network n;
  n.graph.add_output("y",
                     n.add(Binary{BinaryOp::mul}, {n.x, n.graph.add_constant("half", to_tensor(array({}, {0.5})))}));
  const Partition cut = partition(n.graph);
  EXPECT_EQ(cut.tasks[0].dag->inputs().size(), 1u);
  EXPECT_NEAR(run_reference(cut, {{"x", counting({1, 8, 8, 4})}}).at("y").values[3], 2, 1e-6);
}

TEST(Partition, GivesReshapesNoKernel) {
  Network n;
  const TensorId flat = n.add(Reshape{{1, 256}}, {n.add(Relu{}, {n.x})});
  const TensorId product = n.add(MatMul{}, {flat, n.constant({256, 3})});
  n.graph.add_output("y", n.add(Reshape{{3}}, {product}));
  const Partition cut = partition(n.graph);
  ASSERT_EQ(cut.calls.size(), 2u);
  EXPECT_EQ(cut.views.memory_of(cut.calls[1].inputs[0]).owner, cut.calls[0].output);
  EXPECT_EQ(cut.tasks[1].description, "matmul 1x256->3");
}

TEST(Partition, DescribesWindowsThatAreNotPlain) {
  Network n;
  const Window odd{.kernel = {3, 1}, .strides = {2, 1}, .dilations = {2, 1}};
  const TensorId t = n.add(Conv{odd, 4, Layout::nhwc}, {n.x, n.constant({3, 1, 4, 1})});
  n.graph.add_output("y", n.add(Pool{PoolKind::average, {.kernel = {2, 2}}, false, Layout::nhwc}, {t}));
  EXPECT_EQ(n.descriptions(),
            (Texts{"depthwise_conv2d 8x8x4->4 k3x1 s2x1 d2x1 g4 *1", "average_pool 2x8x4 k2x2 s1 *1"}));
}

TEST(Partition, PassesOnlyWhatATaskReads) {
  Network n({2, 3});
  const TensorId w = n.graph.add_input("w", {DType::f32, {2, 3}});
  const TensorId yes = n.graph.add_constant("yes", to_tensor(array({}, {1}, DType::boolean)));
  n.graph.add_output("y", n.add(Select{}, {yes, n.x, n.add(Relu{}, {w})}));
  const Partition cut = partition(n.graph);
  ASSERT_EQ(cut.calls.size(), 1u);
  EXPECT_EQ(cut.calls[0].inputs, std::vector<TensorId>{n.x});
  const te::Array x = counting({2, 3});
  expect_near(run_reference(cut, {{"x", x}, {"w", counting({2, 3})}}).at("y"), x);
}

TEST(Partition, MakesTasksThatReadNothing) {
  Graph graph;
  const TensorId x = graph.add_input("x", {DType::i32, {2, 3}});
  const auto number = [&](double value) { return graph.add_constant("c", to_tensor(array({}, {value}, DType::i32))); };
  const TensorId zero = graph.add(Binary{BinaryOp::mul}, {x, number(0)}, "zero");
  const TensorId rest = graph.add(Binary{BinaryOp::floor_mod}, {x, number(1)}, "rest");
  const TensorId sum = graph.add(Binary{BinaryOp::add}, {zero, rest}, "sum");
  graph.add_output("y", graph.add(Binary{BinaryOp::add}, {sum, number(7)}, "y"));
  const Partition cut = partition(graph);
  ASSERT_EQ(cut.calls.size(), 1u);
  EXPECT_TRUE(cut.calls[0].inputs.empty());
  expect_near(run_reference(cut, {{"x", array({2, 3}, {1, 2, 3, 4, 5, 6}, DType::i32)}}).at("y"),
              array({2, 3}, {7, 7, 7, 7, 7, 7}, DType::i32));
}

TEST(Partition, KeepsTheDimensionsThatAKnownNumberBrings) {
  Network n({2, 3});
  const TensorId number = n.graph.add_constant("c", to_tensor(array({1, 1, 1}, {5})));
  const TensorId sum = n.add(Binary{BinaryOp::add}, {n.x, number});
  n.graph.add_output("y", n.add(Transpose{{2, 0, 1}}, {sum}));
  expect_near(run_reference(partition(n.graph), {{"x", counting({2, 3})}}).at("y"),
              array({3, 1, 2}, {6, 9, 7, 10, 8, 11}));
}

TEST(Partition, FoldsWhatDoesNotDependOnItsInputs) {
  Graph graph;
  const TensorId data = graph.add_constant("d", to_tensor(array({3}, {1, 2, 3}, DType::i32)));
  const TensorId zero = graph.add_constant("z", to_tensor(array({1}, {0}, DType::i32)));
  EXPECT_TRUE(graph.tensor(graph.add(Binary{BinaryOp::mul}, {data, zero}, "y")).is_constant());
  const TensorId none = graph.add_constant("n", to_tensor(array({1}, {0}, DType::boolean)));
  EXPECT_TRUE(graph.tensor(graph.add(Select{}, {none, data, data}, "y")).is_constant());
}

/// The largest number of nodes in one of `count` groups.
std::size_t longest(const Partition& cut) {
  std::size_t nodes = 0;
  for (const TaskCall& call : cut.calls) nodes = std::max(nodes, call.nodes.size());
  return nodes;
}

TEST(Partition, CutsLongChainsIntoEqualKernels) {
  const std::vector<Op> ops{Relu{}, Unary{te::UnaryOp::sigmoid}, LeakyRelu{0.5}, Clip{-1, 1}};
  for (const Op& op : ops) {
    Network n({4});
    TensorId t = n.x;
    for (int i = 0; i < 10000; ++i) t = n.add(op, {t});
    n.graph.add_output("y", t);
    const Partition cut = partition(n.graph);
    EXPECT_LE(longest(cut), 32u) << name_of(op);
    EXPECT_LE(cut.tasks.size(), 2u) << name_of(op);
    EXPECT_GE(cut.calls.size(), 10000u / 32) << name_of(op);
  }
}

TEST(Partition, BoundsWhatReadsItsProducerTwice) {
  using Made = std::pair<Op, std::vector<TensorId>>;
  const auto twice = [](Network& n, TensorId t) {
    return std::vector<Made>{
        {Binary{BinaryOp::add}, {t, t}}, {Concat{0}, {t, t}}, {Select{}, {n.add(Binary{BinaryOp::lt}, {t, t}), t, t}}};
  };
  for (std::size_t kind = 0; kind < 3; ++kind) {
    Network n(kind == 1 ? Shape{1} : Shape{4});
    TensorId t = n.x;
    for (int i = 0; i < (kind == 1 ? 12 : 40); ++i) {
      const auto [op, inputs] = twice(n, t)[kind];
      t = n.add(op, inputs);
    }
    n.graph.add_output("y", t);
    const Partition cut = partition(n.graph);
    for (const TaskCall& call : cut.calls) EXPECT_LE(call.nodes.size(), 8u) << "kind " << kind;
    const double expected = kind == 0 ? std::ldexp(1.0, 40) : 1;
    EXPECT_EQ(run_reference(cut, {{"x", counting(n.graph.shape(n.x))}}).at("y").values[0], expected);
  }
}

TEST(Partition, BoundsWhatJoinsTheComputationInFrontOfIt) {
  Network n;
  TensorId t = n.conv(n.x);
  for (int i = 0; i < 100; ++i) t = n.add(Binary{BinaryOp::add}, {t, t});
  n.graph.add_output("y", t);
  EXPECT_LE(longest(partition(n.graph)), 10u);
}

}  // namespace
}  // namespace tilewright::graph
