// What each pass leaves behind, and that it computes the same.

#include "graph/passes.h"

#include <gtest/gtest.h>

#include "graph/array.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;
using te::BinaryOp;

std::vector<std::string> op_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(name_of(node.op));
  return names;
}
using Names = std::vector<std::string>;

int count_of(const Graph& graph, const std::string& name) {
  const Names names = op_names(graph);
  return static_cast<int>(std::count(names.begin(), names.end(), name));
}

runtime::Tensor tensor(const te::Array& a) { return to_tensor(a); }

/// A graph with input x and output y under construction.
struct Builder {
  Graph graph;
  TensorId x;
  explicit Builder(const Shape& shape) : x(graph.add_input("x", {DType::f32, shape})) {}
  TensorId constant(const te::Array& value) { return graph.add_constant("c", tensor(value)); }
  TensorId add(Op op, std::vector<TensorId> inputs) { return graph.add(std::move(op), std::move(inputs), "n"); }
  Graph finish(TensorId y) {
    graph.add_output("y", y);
    return graph;
  }
};

/// `after` computes what `before` does, on random inputs. Convolutions and pools of `before` are brought to nhwc first.
void expect_same(const Graph& before, const Graph& after, double tolerance = 1e-5) {
  Arrays feeds;
  for (const GraphPort& port : before.inputs())
    feeds[port.name] = random_array(before.shape(port.tensor), 17 + feeds.size());
  const Arrays expected = run_reference(partition(to_nhwc(before)), feeds);
  for (const auto& [name, value] : run_reference(partition(to_nhwc(after)), feeds))
    expect_near(value, expected.at(name), tolerance);
}

TEST(Folding, ComputesNodesOfConstantsAtCompileTime) {
  Builder b({3});
  const TensorId sum = b.add(Binary{BinaryOp::add}, {b.constant(counting({3})), b.constant(counting({3}))});
  const TensorId root = b.add(Unary{te::UnaryOp::sqrt}, {sum});
  EXPECT_TRUE(b.graph.tensor(root).is_constant());
  EXPECT_TRUE(b.graph.nodes().empty());
  EXPECT_FLOAT_EQ(static_cast<float>(real_element(*b.graph.tensor(root).constant, 1)), 2);
}

TEST(Folding, MovesElementsOfAnyType) {
  Builder b({1});
  const TensorId data = b.constant({DType::i64, {2, 3}, {1, 2, 3, 4, 5, 6}});
  const TensorId turned = b.add(Transpose{{1, 0}}, {data});
  const TensorId joined = b.add(Concat{1}, {turned, turned});
  const TensorId cut = b.add(Slice{{2, 0}, {-1, 3}, {2, 2}}, {joined});
  EXPECT_EQ(to_array(*b.graph.tensor(cut).constant).integers, (std::vector<std::int64_t>{3, 6, 2, 5}));
  const TensorId picked = b.add(Gather{0}, {data, b.constant({DType::i64, {1}, {-1}})});
  EXPECT_EQ(to_array(*b.graph.tensor(picked).constant).integers, (std::vector<std::int64_t>{4, 5, 6}));
}

TEST(RemoveIdentities, DropsNodesThatHandTheirInputOn) {
  Builder b({2, 3});
  TensorId t = b.add(Identity{}, {b.x});
  t = b.add(Reshape{{6}}, {t});
  t = b.add(Reshape{{2, 3}}, {t});
  t = b.add(Transpose{{0, 1}}, {t});
  t = b.add(Cast{DType::f32}, {t});
  t = b.add(Pad{{0, 0}, {0, 0}}, {t});
  t = b.add(Concat{0}, {t});
  t = b.add(Slice{{0, 0}, {1, 1}, {2, 3}}, {t});
  t = b.add(Relu{}, {t});
  const Graph before = b.finish(t), after = remove_identities(before);
  EXPECT_EQ(op_names(after), Names{"relu"});
  expect_same(before, after);
}

TEST(LowerBatchNorm, LeavesAProductAndASum) {
  Builder b({1, 2, 3, 3});
  const TensorId c = b.constant(array({2}, {0.5, 2}));
  const Graph before = b.finish(b.add(BatchNorm{1e-3}, {b.x, c, c, c, c}));
  const Graph after = lower_batch_norm(before);
  EXPECT_EQ(op_names(after), (Names{"mul", "add"}));
  // channel 0: (x - 0.5) / sqrt(0.5 + 0.001) * 0.5 + 0.5 at x = 0
  const Arrays out = run_reference(partition(after), {{"x", array({1, 2, 3, 3}, std::vector<double>(18, 0))}});
  EXPECT_NEAR(out.at("y").values[0], 0.5 - 0.25 / std::sqrt(0.501), 1e-6);
}

TEST(FoldScales, PutsBatchNormIntoTheWeightsBeforeIt) {
  Builder b({1, 3, 5, 5});
  const TensorId conv = b.add(Conv{.window = {.kernel = {3, 3}}}, {b.x, b.constant(random_array({4, 3, 3, 3}, 1))});
  TensorId t = b.add(Binary{BinaryOp::add}, {conv, b.constant(random_array({4, 1, 1}, 2))});
  t = b.add(Binary{BinaryOp::mul}, {t, b.constant(random_array({4, 1, 1}, 3))});
  t = b.add(Binary{BinaryOp::sub}, {t, b.constant(random_array({4, 1, 1}, 4))});
  t = b.add(Binary{BinaryOp::div}, {t, b.constant(array({1, 4, 1, 1}, {1, 2, 3, 4}))});
  const Graph before = b.finish(t), after = fold_scales(before);
  EXPECT_EQ(op_names(after), (Names{"conv2d", "add"}));
  expect_same(before, after);
}

TEST(FoldScales, PutsScalesIntoTheWeightsOfProducts) {
  for (const bool transposed : {false, true}) {
    Builder b({2, 3});
    const TensorId product =
        b.add(MatMul{false, transposed}, {b.x, b.constant(random_array(transposed ? Shape{4, 3} : Shape{3, 4}, 1))});
    const TensorId t = b.add(Binary{BinaryOp::mul}, {product, b.constant(random_array({4}, 3))});
    const Graph before = b.finish(t), after = fold_scales(before);
    EXPECT_EQ(op_names(after), Names{"matmul"});
    expect_same(before, after);
  }
}

TEST(FoldScales, MergesScalesAndShiftsWithoutWeights) {
  Builder b({1, 2, 3, 3});
  TensorId t = b.x;
  for (std::uint64_t i = 0; i < 3; ++i) {
    t = b.add(Binary{BinaryOp::mul}, {t, b.constant(random_array({2, 1, 1}, i))});
    t = b.add(Binary{BinaryOp::add}, {b.constant(random_array({2, 1, 1}, 10 + i)), t});
  }
  const Graph before = b.finish(b.add(Relu{}, {t})), after = fold_scales(before);
  EXPECT_EQ(op_names(after), (Names{"mul", "add", "relu"}));
  expect_same(before, after);
}

// 1e-30 * 1e30 * 1e30 is a number, and so is 1e-20 / 1e-40; the constants alone would be infinite.
TEST(FoldScales, LeavesWhatWouldLeaveTheRangeOfItsType) {
  const auto scaled = [](BinaryOp first, BinaryOp second, double x, double c) {
    Builder b({1});
    const TensorId once = b.add(Binary{first}, {b.x, b.constant(array({1}, {c}))});
    const Graph before = b.finish(b.add(Binary{second}, {once, b.constant(array({1}, {c}))}));
    return run_reference(partition(fold_scales(before)), {{"x", array({1}, {static_cast<float>(x)})}})
        .at("y")
        .values[0];
  };
  EXPECT_NEAR(scaled(BinaryOp::mul, BinaryOp::mul, 1e-30, 1e30), 1e30, 1e24);
  EXPECT_EQ(scaled(BinaryOp::add, BinaryOp::add, -3e38, 3e38), static_cast<double>(3e38F));
  EXPECT_NEAR(scaled(BinaryOp::add, BinaryOp::mul, -1e30, 1e30), 0, 0);
  EXPECT_NEAR(scaled(BinaryOp::div, BinaryOp::mul, 1e-20, 1e-40), 1e-20, 1e-24);
}

TEST(FoldScales, LeavesWhatOthersReadToo) {
  Builder b({1, 3, 5, 5});
  const TensorId conv = b.add(Conv{}, {b.x, b.constant(random_array({3, 3, 1, 1}, 1))});
  const TensorId shifted = b.add(Binary{BinaryOp::add}, {conv, b.constant(random_array({3, 1, 1}, 2))});
  const TensorId scaled = b.add(Binary{BinaryOp::mul}, {shifted, b.constant(random_array({3, 1, 1}, 3))});
  const Graph before = b.finish(b.add(Binary{BinaryOp::mul}, {scaled, conv})), after = fold_scales(before);
  EXPECT_EQ(count_of(after, "conv2d"), 1) << to_text(after);
  expect_same(before, after);
}

TEST(FoldScales, LeavesScalesThatVaryWithinAChannel) {
  Builder b({1, 3, 5, 5});
  const TensorId conv = b.add(Conv{}, {b.x, b.constant(random_array({3, 3, 1, 1}, 1))});
  const Graph before = b.finish(b.add(Binary{BinaryOp::mul}, {conv, b.constant(random_array({5, 1}, 3))}));
  EXPECT_EQ(op_names(fold_scales(before)), (Names{"conv2d", "mul"}));
}

TEST(MergePads, PutsZerosInFrontOfAConvolutionIntoIt) {
  Builder b({1, 2, 4, 4});
  const TensorId padded = b.add(Pad{{0, 0, 1, 2}, {0, 0, 0, 1}}, {b.x});
  const TensorId conv = b.add(Conv{.window = {.kernel = {3, 3}, .pad_begin = {1, 0}}},
                              {padded, b.constant(random_array({2, 2, 3, 3}, 1))});
  const Graph before = b.finish(conv), after = merge_pads(before);
  EXPECT_EQ(op_names(after), Names{"conv2d"});
  expect_same(before, after);
}

TEST(MergePads, LeavesPaddingThatIsNotZeroOrNotSpatial) {
  for (const Pad& pad : {Pad{{0, 0, 1, 1}, {0, 0, 1, 1}, 1.0}, Pad{{0, 1, 0, 0}, {0, 0, 0, 0}}}) {
    Builder b({1, 2, 4, 4});
    const TensorId padded = b.add(pad, {b.x});
    const std::int64_t channels = b.graph.shape(padded)[1];
    const Graph before = b.finish(b.add(Conv{}, {padded, b.constant(random_array({2, channels, 1, 1}, 1))}));
    EXPECT_EQ(op_names(merge_pads(before)), (Names{"pad", "conv2d"}));
  }
}

TEST(SinkTransposes, LeavesThemAtTheBorderOnly) {
  Builder b({1, 3, 8, 8});
  const auto conv = [&](TensorId t, std::int64_t in, std::uint64_t seed) {
    return b.add(Conv{.window = {.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}}},
                 {t, b.constant(random_array({4, in, 3, 3}, seed))});
  };
  const TensorId first = b.add(Relu{}, {conv(b.x, 3, 1)});
  const TensorId second = b.add(Binary{BinaryOp::add}, {conv(first, 4, 2), b.constant(random_array({4, 1, 1}, 3))});
  const TensorId sum = b.add(Binary{BinaryOp::add}, {second, first});
  const TensorId joined = b.add(Concat{1}, {sum, first});
  const TensorId pooled = b.add(Pool{PoolKind::max, {.kernel = {2, 2}, .strides = {2, 2}}}, {joined});
  const Graph before = b.finish(pooled), after = optimize(before);
  EXPECT_EQ(count_of(after, "transpose"), 2) << to_text(after);
  expect_same(before, after);
}

TEST(SinkTransposes, FlattenAfterGlobalPoolingIsAView) {
  Builder b({1, 3, 4, 4});
  const TensorId conv = b.add(Conv{}, {b.x, b.constant(random_array({5, 3, 1, 1}, 1))});
  const TensorId pooled = b.add(Reduce{ReduceKind::mean, {2, 3}, true}, {conv});
  const TensorId flat = b.add(Reshape{{1, 5}}, {pooled});
  const Graph before = b.finish(b.add(MatMul{}, {flat, b.constant(random_array({5, 2}, 2))})), after = optimize(before);
  EXPECT_EQ(op_names(after), (Names{"transpose", "conv2d", "reduce_mean", "reshape", "matmul"}));
  expect_same(before, after);
}

TEST(SinkTransposes, KeepsTheOneThatFlattenNeeds) {
  Builder b({1, 3, 4, 4});
  const TensorId conv = b.add(Conv{}, {b.x, b.constant(random_array({5, 3, 1, 1}, 1))});
  const Graph before = b.finish(b.add(Reshape{{1, 80}}, {conv})), after = optimize(before);
  EXPECT_EQ(op_names(after), (Names{"transpose", "conv2d", "transpose", "reshape"}));
  expect_same(before, after);
}

// A channel shuffle in the middle of an NHWC network is one transpose of its own, and nothing else moves.
TEST(SinkTransposes, ChannelShuffleNeedsOneTranspose) {
  Builder b({1, 6, 4, 4});
  const auto conv = [&](TensorId t, std::uint64_t seed) {
    return b.add(Conv{}, {t, b.constant(random_array({6, 6, 1, 1}, seed))});
  };
  TensorId t = b.add(Reshape{{1, 2, 3, 4, 4}}, {conv(b.x, 1)});
  t = b.add(Transpose{{0, 2, 1, 3, 4}}, {t});
  t = conv(b.add(Reshape{{1, 6, 4, 4}}, {t}), 2);
  const Graph before = b.finish(t), after = optimize(before);
  EXPECT_EQ(op_names(after), (Names{"transpose", "conv2d", "reshape", "transpose", "reshape", "conv2d", "transpose"}));
  expect_same(before, after);
}

TEST(SinkTransposes, GoesThroughEverythingThatWorksAsWellOnTransposedData) {
  const std::vector<Op> ops = {Softmax{1},
                               Softmax{2, true},
                               Lrn{3, 0.5, 0.75, 1, 1},
                               Pad{{0, 1, 2, 0}, {0, 0, 1, 3}, 0.5},
                               Slice{{0, 1, 0, 3}, {1, 2, 1, -1}, {1, 2, 4, 3}},
                               Reduce{ReduceKind::max, {1}, true},
                               Reduce{ReduceKind::sum, {1}, false},
                               Reduce{ReduceKind::sum, {0, 2}, false},
                               LeakyRelu{0.1},
                               Clip{-0.5, 0.5}};
  for (const Op& op : ops) {
    Builder b({1, 5, 4, 4});
    const TensorId turned = b.add(Transpose{{0, 3, 1, 2}}, {b.add(Relu{}, {b.add(Transpose{{0, 2, 3, 1}}, {b.x})})});
    const Graph before = b.finish(b.add(op, {turned})), after = sink_transposes(before);
    EXPECT_LE(count_of(after, "transpose"), 2) << name_of(op) << "\n" << to_text(after);
    EXPECT_NE(name_of(after.nodes()[after.nodes().size() - 2].op), "transpose") << name_of(op) << ": it did not sink\n"
                                                                                << to_text(after);
    expect_same(before, after);
  }
}

TEST(TransposesToViews, TurnsWhatMovesOnlyUnitDimensionsIntoReshapes) {
  Builder b({1, 3, 1, 5});
  const TensorId t = b.add(Relu{}, {b.add(Transpose{{1, 3, 0, 2}}, {b.x})});
  const Graph before = b.finish(t), after = transposes_to_views(before);
  EXPECT_EQ(op_names(after), (Names{"reshape", "relu"}));
  expect_same(before, after);
}

TEST(Pipeline, KeepsOutputsThatAreInputsOrConstants) {
  Builder b({2, 3});
  b.graph.add_output("same", b.x);
  b.graph.add_output("seen", b.add(Reshape{{6}}, {b.x}));
  b.graph.add_output("known", b.constant(counting({2})));
  const Graph after = optimize(b.graph);
  const Arrays out = run_reference(partition(after), {{"x", counting({2, 3})}});
  expect_near(out.at("same"), counting({2, 3}));
  expect_near(out.at("seen"), counting({6}));
  expect_near(out.at("known"), counting({2}));
}

TEST(Pipeline, DropsWhatNoOutputNeeds) {
  Builder b({2});
  b.add(Relu{}, {b.x});
  const Graph after = optimize(b.finish(b.add(Unary{te::UnaryOp::exp}, {b.x})));
  EXPECT_EQ(op_names(after), Names{"exp"});
}

TEST(Verifier, NamesATensorThatNothingComputes) {
  Builder b({2});
  EXPECT_TRUE(verify(b.finish(b.add(Relu{}, {b.x}))));
  const TensorId dangling = b.graph.add_result("nowhere", {DType::f32, {2}});
  b.add(Relu{}, {dangling});
  const Status broken = verify(b.graph);
  EXPECT_NE(broken.message().find("reads t2, which nothing before it computes"), std::string::npos) << broken.message();
}

TEST(SplitConcats, JoinsManyTensorsInSteps) {
  Builder b({1, 2});
  std::vector<TensorId> pieces;
  for (int i = 0; i < 2000; ++i) pieces.push_back(i % 3 == 0 ? b.x : b.add(Relu{}, {b.x}));
  const Graph before = b.finish(b.add(Concat{0}, pieces));
  const Graph after = split_concats(before);
  for (const Node& node : after.nodes()) EXPECT_LE(node.inputs.size(), 32u);
  EXPECT_EQ(to_text(split_concats(after)), to_text(after));
  expect_same(before, after, 0);
}

}  // namespace
}  // namespace tilewright::graph
