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
    for (const measure::Task& task : partition(graph).tasks)
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
  EXPECT_EQ(cut.memory_of(cut.calls[1].inputs[0]), cut.calls[0].output);
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

}  // namespace
}  // namespace tilewright::graph
