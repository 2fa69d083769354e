// Tensors without elements: what ONNX says of them, by operator. No kernel ever sees one.

#include "graph/empty.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend/cpu/backend.h"
#include "base/error.h"
#include "base/integer.h"
#include "base/shape_text.h"
#include "compile/compile_model.h"
#include "graph/array.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

using Attributes = std::vector<OnnxModel::Attribute>;
using Integers = OnnxModel::Integers;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int64_t kZero = 0, kOne = 1;

/// A node that reads "a" and, where their shapes are given, "b" and "c", which are weights or inputs.
struct Case {
  std::string op;
  int opset;
  std::vector<Shape> inputs;
  std::vector<Integers> integers;  ///< further inputs, constant
  Attributes attributes;
  Shape shape;
  float value = 0;  ///< of all elements
};

te::Array filled(const Shape& shape, double value) {
  return array(shape, std::vector<double>(static_cast<std::size_t>(product(shape)), value));
}

std::vector<Case> cases() {
  return {
      {"Relu", 13, {{0, 3}}, {}, {}, {0, 3}},
      {"Add", 13, {{0, 3}, {1, 3}}, {}, {}, {0, 3}},
      {"Add", 13, {{2, 1, 3}, {0, 1}}, {}, {}, {2, 0, 3}},
      {"Softmax", 13, {{2, 0}}, {}, {}, {2, 0}},
      {"Transpose", 13, {{2, 0, 3}}, {}, {}, {3, 0, 2}},
      {"Reshape", 13, {{2, 0, 3}}, {{0, 0, 7}}, {}, {2, 0, 7}},
      {"Reshape", 14, {{2, 0, 3}}, {{0, 5}}, {{"allowzero", kOne}}, {0, 5}},
      {"Flatten", 13, {{2, 0, 3}}, {}, {}, {2, 0}},
      {"Unsqueeze", 13, {{0, 3}}, {{0}}, {}, {1, 0, 3}},
      {"Squeeze", 13, {{1, 0, 3}}, {{0}}, {}, {0, 3}},
      {"Concat", 13, {{0, 4}, {2, 4}}, {}, {{"axis", kZero}}, {2, 4}, 1},
      {"Concat", 13, {{2, 4}, {0, 4}, {1, 4}}, {}, {{"axis", kZero}}, {3, 4}, 1},
      {"Concat", 13, {{0, 4}, {0, 4}}, {}, {{"axis", kZero}}, {0, 4}},
      {"Slice", 13, {{4, 3}}, {{2}, {2}}, {}, {0, 3}},
      {"Slice", 13, {{0, 3}}, {{0, 0}, {5, 2}}, {}, {0, 2}},
      {"Gather", 13, {{0, 3}}, {{1}}, {{"axis", kOne}}, {0, 1}},
      {"Gather", 13, {{4, 3}}, {{}}, {}, {0, 3}},
      {"Expand", 13, {{0, 1}}, {{1, 5}}, {}, {0, 5}},
      {"Expand", 13, {{1, 5}}, {{0, 5}}, {}, {0, 5}},
      {"Tile", 13, {{0, 3}}, {{2, 2}}, {}, {0, 6}},
      {"Tile", 13, {{2, 3}}, {{2, 0}}, {}, {4, 0}},
      {"Pad", 13, {{0, 3}}, {{1, 0, 1, 0}}, {}, {2, 3}, 0},
      {"MatMul", 13, {{2, 0}, {0, 3}}, {}, {}, {2, 3}, 0},
      {"MatMul", 13, {{0, 4}, {4, 3}}, {}, {}, {0, 3}},
      {"MatMul", 13, {{5, 2, 0}, {0, 3}}, {}, {}, {5, 2, 3}, 0},
      {"Gemm", 13, {{2, 0}, {0, 3}, {3}}, {}, {{"beta", 3.0}, {"alpha", 2.0}}, {2, 3}, 3},
      {"Conv", 13, {{0, 2, 5, 5}, {4, 2, 3, 3}}, {}, {}, {0, 4, 3, 3}},
      {"Conv", 13, {{1, 2, 5, 5}, {0, 2, 3, 3}}, {}, {}, {1, 0, 3, 3}},
      {"Conv", 13, {{0, 2, 5, 5, 5}, {4, 2, 3, 3, 3}}, {}, {}, {0, 4, 3, 3, 3}},
      {"ConvTranspose", 13, {{0, 2, 5, 5}, {2, 4, 3, 3}}, {}, {}, {0, 4, 7, 7}},
      {"MaxPool", 13, {{0, 2, 5, 5}}, {}, {{"kernel_shape", Integers{3, 3}}}, {0, 2, 3, 3}},
      {"AveragePool", 13, {{0, 2, 5, 5}}, {}, {{"kernel_shape", Integers{3, 3}}}, {0, 2, 3, 3}},
      {"GlobalAveragePool", 13, {{0, 2, 5, 5}}, {}, {}, {0, 2, 1, 1}},
      {"BatchNormalization", 13, {{0, 2, 5}, {2}, {2}, {2}, {2}}, {}, {}, {0, 2, 5}},
      {"InstanceNormalization", 13, {{0, 2, 5}, {2}, {2}}, {}, {}, {0, 2, 5}},
      {"LayerNormalization", 17, {{0, 5}, {5}}, {}, {}, {0, 5}},
      {"GroupNormalization", 21, {{0, 4, 5}, {4}, {4}}, {}, {{"num_groups", std::int64_t{2}}}, {0, 4, 5}},
      {"LRN", 13, {{0, 4, 5, 5}}, {}, {{"size", std::int64_t{3}}}, {0, 4, 5, 5}},
      {"ReduceSum", 13, {{2, 0}}, {{1}}, {}, {2, 1}, 0},
      {"ReduceSum", 13, {{2, 0}}, {}, {{"keepdims", kZero}}, {}, 0},
      {"ReduceSum", 13, {{0, 4}}, {{1}}, {}, {0, 1}},
      {"ReduceMean", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, std::nanf("")},
      {"ReduceMax", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, -kInfinity},
      {"ReduceMin", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, kInfinity},
      {"ReduceProd", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, 1},
      {"TopK", 13, {{0, 3}}, {{2}}, {}, {0, 2}},
      {"TopK", 13, {{3, 4}}, {{0}}, {}, {3, 0}},
      {"ReverseSequence", 13, {{3, 0}}, {{}}, {}, {3, 0}},
      {"Einsum", 13, {{2, 0}, {0, 3}}, {}, {{"equation", std::string("ij,jk->ik")}}, {2, 3}, 0},
      {"Einsum", 13, {{0, 2}, {3}}, {}, {{"equation", std::string("ij,k->kij")}}, {3, 0, 2}},
      {"ReduceL1", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, 0},
      {"ReduceL2", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, 0},
      {"ReduceSumSquare", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, 0},
      {"ReduceLogSum", 13, {{2, 0}}, {}, {{"axes", Integers{1}}}, {2, 1}, -kInfinity},
      {"DepthToSpace", 13, {{0, 4, 2, 2}}, {}, {{"blocksize", std::int64_t{2}}}, {0, 1, 4, 4}},
      {"SpaceToDepth", 13, {{1, 0, 4, 4}}, {}, {{"blocksize", std::int64_t{2}}}, {1, 0, 2, 2}},
      {"Trilu", 14, {{0, 3}}, {}, {}, {0, 3}},
      {"CumSum", 13, {{0, 3}}, {{1}}, {}, {0, 3}},
      {"CumSum", 13, {{3, 0}}, {{1}}, {}, {3, 0}},
      {"Resize", 13, {{0, 3, 4, 4}, {0}, {0}}, {{0, 3, 8, 8}}, {}, {0, 3, 8, 8}},
  };
}

std::string name_of(std::size_t i) { return std::string(1, static_cast<char>('a' + i)); }

/// The model of a case. `first_weight`: inputs from this one on are weights full of ones.
OnnxModel model_of(const Case& c, std::size_t first_weight) {
  OnnxModel model(c.opset);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    names.push_back(name_of(i));
    if (i < first_weight)
      model.input(names.back(), c.inputs[i]);
    else
      model.weight(names.back(), filled(c.inputs[i], 1));
  }
  for (const Integers& values : c.integers) {
    names.push_back(name_of(names.size()));
    model.integers(names.back(), values);
  }
  return model.node(c.op, names, {"y"}, c.attributes).output("y");
}

void expect_filled(const te::Array& actual, const Case& c) {
  ASSERT_EQ(actual.shape, c.shape);
  ASSERT_EQ(static_cast<std::int64_t>(actual.values.size()), product(c.shape));
  for (const double v : actual.values)
    EXPECT_TRUE(static_cast<float>(v) == c.value || (std::isnan(v) && std::isnan(c.value))) << v;
}

TEST(Empty, TensorsGiveWhatOnnxSaysAsWeightsAndAsInputs) {
  for (const Case& c : cases())
    for (const std::size_t first_weight : {c.inputs.size(), std::size_t{1}, std::size_t{0}}) {
      SCOPED_TRACE(testing::Message() << c.op << " of " << shape_text(c.inputs[0]) << ", weights from "
                                      << first_weight);
      const Graph network = optimize(model_of(c, first_weight).import().graph);
      for (const Node& node : network.nodes())
        for (const TensorId id : node.inputs) EXPECT_FALSE(is_empty(network.shape(id))) << to_text(network);
      Arrays feeds;
      for (const GraphPort& port : network.inputs()) feeds[port.name] = filled(network.shape(port.tensor), 1);
      expect_filled(run_reference(partition(network), feeds).at("y"), c);
    }
}

TEST(Empty, PortsRunThroughACompiledModel) {
  OnnxModel model;
  model.input("past", {1, 0, 4}).input("x", {1, 2, 4}).input("k", {3, 0});
  model.node("Concat", {"past", "x"}, {"y"}, {{"axis", kOne}}).node("Relu", {"past"}, {"z"});
  model.node("ReduceSum", {"k"}, {"s"}, {{"keepdims", kZero}});
  model.output("y").output("z").output("s");
  const backend::TargetRef target = cpu::make_target(target::host_target());
  const auto plain = [](const task::Task& task) { return schedule::State::initial(task.dag); };
  const runtime::Model compiled = compile::compile(partition(optimize(model.import().graph)), plain, target);
  runtime::ThreadPool pool({.threads = 1, .pin = false});
  const te::Array x = counting({1, 2, 4});
  const auto outputs = compiled.run(
      {{"past", to_tensor(counting({1, 0, 4}))}, {"x", to_tensor(x)}, {"k", to_tensor(counting({3, 0}))}}, pool);
  expect_near(to_array(outputs.at("y")), x);
  expect_near(to_array(outputs.at("z")), counting({1, 0, 4}));
  expect_near(to_array(outputs.at("s")), array({}, {0}));
}

TEST(Empty, SlicesOfShapesAreFolded) {
  OnnxModel model;
  model.input("x", {2, 3}).integers("none", {0}).integers("one", {1});
  model.node("Shape", {"x"}, {"shape"}).node("Slice", {"shape", "none", "none"}, {"front"});
  model.node("Concat", {"front", "one", "shape"}, {"wanted"}, {{"axis", kZero}});
  model.node("Reshape", {"x", "wanted"}, {"y"}).output("y");
  const Graph network = optimize(model.import().graph);
  EXPECT_EQ(network.shape(network.outputs()[0].tensor), (Shape{1, 2, 3}));
}

TEST(Empty, RangesMayHaveNoElements) {
  OnnxModel model;
  model.weight("start", array({}, {3})).weight("limit", array({}, {1})).weight("delta", array({}, {1}));
  model.node("Range", {"start", "limit", "delta"}, {"y"}).output("y");
  const Graph network = model.import().graph;
  EXPECT_EQ(network.shape(network.outputs()[0].tensor), Shape{0});
}

TEST(Empty, ExtremesOfNothingAreTheBoundsOfIntegers) {
  Graph graph;
  const TensorId nothing = graph.add_input("x", {DType::i64, {2, 0}});
  const TensorId least = graph.add(Reduce{ReduceKind::min, {1}, true}, {nothing}, "least");
  ASSERT_TRUE(graph.tensor(least).is_constant());
  EXPECT_EQ(graph.tensor(least).constant->as<std::int64_t>()[1], std::numeric_limits<std::int64_t>::max());
}

struct Refused {
  std::string op;
  Shape data;
  std::vector<Integers> integers;
  Attributes attributes;
  std::string reason;
};

TEST(Empty, ChoicesAmongNothingAreRefusedByNode) {
  const std::vector<Refused> all{
      {"ArgMax", {2, 0}, {}, {{"axis", kOne}}, "axis 1 of shape 2x0 has no elements to choose from"},
      {"Gather", {0, 3}, {{0}}, {}, "index 0 is outside of axis 0"},
      {"MaxPool",
       {1, 2, 0, 5},
       {},
       {{"kernel_shape", Integers{1, 1}}, {"pads", Integers{0, 0, 1, 0}}},
       "without elements"},
      {"Split", {3}, {{4, -1}}, {}, "a part of -1 elements"},
  };
  for (const Refused& c : all) {
    SCOPED_TRACE(c.op);
    const OnnxModel model = model_of({c.op, 13, {c.data}, c.integers, c.attributes, {}}, 1);
    const ModelCheck check = check_onnx_bytes(model.bytes(), "test.onnx");
    ASSERT_EQ(check.missing.size(), 1u);
    EXPECT_EQ(check.missing[0].nodes, std::vector<std::string>{"the_" + c.op});
    EXPECT_NE(check.missing[0].reason.find(c.reason), std::string::npos) << check.missing[0].reason;
  }
}

}  // namespace
}  // namespace tilewright::graph
