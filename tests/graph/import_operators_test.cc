// Every operator on its own: imported, optimized, partitioned, interpreted, and compared with values worked out by
// hand.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Attributes = std::vector<OnnxModel::Attribute>;
using Integers = OnnxModel::Integers;

struct Case {
  std::string name, op;
  int opset;
  std::vector<te::Array> inputs;   ///< of the network
  std::vector<te::Array> weights;  ///< further inputs of the node, known at compile time
  Attributes attributes;
  te::Array expected;
};

te::Array integers(const Integers& values) {
  return {DType::i64, {static_cast<std::int64_t>(values.size())}, {values.begin(), values.end()}};
}
te::Array scalar(double value) { return array({}, {value}); }
te::Array map(te::Array a, const std::function<double(double)>& f) {
  for (double& v : a.values) v = static_cast<float>(f(v));
  return a;
}

const te::Array kX = array({2, 3}, {-2, -0.5, 0, 0.25, 1, 3});
const te::Array kPositive = array({2, 2}, {0.25, 1, 2, 9});
const te::Array kBools = array({2}, {1, 0}, DType::boolean);

std::vector<Case> cases() {
  const te::Array one_to_24 = counting({2, 3, 4}), image = counting({1, 1, 3, 3});
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  return {
      {"relu", "Relu", 7, {kX}, {}, {}, map(kX, [](double x) { return x > 0 ? x : 0; })},
      {"leaky", "LeakyRelu", 7, {kX}, {}, {{"alpha", 0.5}}, map(kX, [](double x) { return x > 0 ? x : x / 2; })},
      {"elu",
       "Elu",
       7,
       {kX},
       {},
       {{"alpha", 2.0}},
       map(kX, [](double x) { return x > 0 ? x : 2 * (std::exp(x) - 1); })},
      {"prelu", "PRelu", 9, {kX}, {array({3}, {1, 2, 4})}, {}, array({2, 3}, {-2, -1, 0, 0.25, 1, 3})},
      {"clip 6",
       "Clip",
       7,
       {kX},
       {},
       {{"min", -1.0}, {"max", 1.0}},
       map(kX, [](double x) { return std::clamp(x, -1., 1.); })},
      {"clip 11",
       "Clip",
       11,
       {kX},
       {scalar(-1), scalar(2)},
       {},
       map(kX, [](double x) { return std::clamp(x, -1., 2.); })},
      {"sigmoid", "Sigmoid", 7, {kX}, {}, {}, map(kX, sigmoid)},
      {"tanh", "Tanh", 7, {kX}, {}, {}, map(kX, [](double x) { return std::tanh(x); })},
      {"exp", "Exp", 7, {kX}, {}, {}, map(kX, [](double x) { return std::exp(x); })},
      {"erf", "Erf", 9, {kX}, {}, {}, map(kX, [](double x) { return std::erf(x); })},
      {"neg", "Neg", 7, {kX}, {}, {}, map(kX, [](double x) { return -x; })},
      {"abs", "Abs", 7, {kX}, {}, {}, map(kX, [](double x) { return std::fabs(x); })},
      {"floor", "Floor", 7, {kX}, {}, {}, map(kX, [](double x) { return std::floor(x); })},
      {"ceil", "Ceil", 7, {kX}, {}, {}, map(kX, [](double x) { return std::ceil(x); })},
      {"round", "Round", 11, {array({3}, {0.5, 1.5, -2.5})}, {}, {}, array({3}, {0, 2, -2})},
      {"shift left",
       "BitShift",
       11,
       {array({4}, {3, 3, 255, 1}, DType::u8), array({4}, {0, 7, 1, 8}, DType::u8)},
       {},
       {{"direction", std::string("LEFT")}},
       array({4}, {3, 128, 254, 0}, DType::u8)},
      {"shift right",
       "BitShift",
       11,
       {array({4}, {3, 255, 255, 255}, DType::u8), array({4}, {0, 7, 1, 200}, DType::u8)},
       {},
       {{"direction", std::string("RIGHT")}},
       array({4}, {3, 1, 127, 0}, DType::u8)},
      {"bits and",
       "BitwiseAnd",
       18,
       {array({2, 1}, {12, -1}, DType::i32), array({2}, {10, 7}, DType::i32)},
       {},
       {},
       array({2, 2}, {8, 4, 10, 7}, DType::i32)},
      {"bits or",
       "BitwiseOr",
       18,
       {array({2}, {12, -8}, DType::i64), array({2}, {10, 7}, DType::i64)},
       {},
       {},
       array({2}, {14, -1}, DType::i64)},
      {"bits xor",
       "BitwiseXor",
       18,
       {array({2}, {12, 255}, DType::u8), array({2}, {10, 1}, DType::u8)},
       {},
       {},
       array({2}, {6, 254}, DType::u8)},
      {"bits not", "BitwiseNot", 18, {array({3}, {0, 5, -1}, DType::i8)}, {}, {}, array({3}, {-1, -6, 0}, DType::i8)},
      {"bits not of bytes",
       "BitwiseNot",
       18,
       {array({2}, {0, 5}, DType::u8)},
       {},
       {},
       array({2}, {255, 250}, DType::u8)},
      {"sin", "Sin", 7, {kX}, {}, {}, map(kX, [](double x) { return std::sin(x); })},
      {"cos", "Cos", 7, {kX}, {}, {}, map(kX, [](double x) { return std::cos(x); })},
      {"tan", "Tan", 7, {kX}, {}, {}, map(kX, [](double x) { return std::tan(x); })},
      {"log", "Log", 7, {kPositive}, {}, {}, map(kPositive, [](double x) { return std::log(x); })},
      {"sqrt", "Sqrt", 7, {kPositive}, {}, {}, map(kPositive, [](double x) { return std::sqrt(x); })},
      {"reciprocal", "Reciprocal", 7, {kPositive}, {}, {}, map(kPositive, [](double x) { return 1 / x; })},
      {"softplus", "Softplus", 7, {kX}, {}, {}, map(kX, [](double x) { return std::log(1 + std::exp(x)); })},
      {"hard sigmoid",
       "HardSigmoid",
       7,
       {kX},
       {},
       {},
       map(kX, [](double x) { return std::clamp(x / 5 + 0.5, 0., 1.); })},
      {"hard swish",
       "HardSwish",
       14,
       {kX},
       {},
       {},
       map(kX, [](double x) { return x * std::clamp(x / 6 + 0.5, 0., 1.); })},
      {"gelu", "Gelu", 20, {kX}, {}, {}, map(kX, [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2))); })},
      {"gelu tanh",
       "Gelu",
       20,
       {kX},
       {},
       {{"approximate", std::string("tanh")}},
       map(kX, [](double x) { return x / 2 * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); })},
      {"mish", "Mish", 18, {kX}, {}, {}, map(kX, [](double x) { return x * std::tanh(std::log(1 + std::exp(x))); })},
      {"hardmax 7",
       "Hardmax",
       7,
       {array({1, 2, 2}, {1, 3, 5, 5})},
       {},
       {{"axis", std::int64_t{1}}},
       array({1, 2, 2}, {0, 0, 1, 0})},
      {"lp norm 1",
       "LpNormalization",
       7,
       {array({1, 2}, {-1, 3})},
       {},
       {{"p", std::int64_t{1}}},
       array({1, 2}, {-0.25, 0.75})},
      {"lp norm 2",
       "LpNormalization",
       7,
       {array({2, 1}, {-3, 4})},
       {},
       {{"axis", std::int64_t{0}}},
       array({2, 1}, {-0.6, 0.8})},
      {"group norm",
       "GroupNormalization",
       21,
       {array({1, 4, 1}, {1, 3, 2, 6})},
       {array({4}, {1, 2, 3, 4}), array({4}, {0, 0, 1, 1})},
       {{"num_groups", std::int64_t{2}}, {"epsilon", 0.0}},
       array({1, 4, 1}, {-1, 2, -2, 5})},
      {"group norm 18",
       "GroupNormalization",
       18,
       {array({1, 4, 1}, {1, 3, 2, 6})},
       {array({2}, {1, 2}), array({2}, {0, 1})},
       {{"num_groups", std::int64_t{2}}, {"epsilon", 0.0}},
       array({1, 4, 1}, {-1, 1, -1, 3})},
      {"add", "Add", 7, {kX, array({3}, {1, 2, 3})}, {}, {}, array({2, 3}, {-1, 1.5, 3, 1.25, 3, 6})},
      {"add a number", "Add", 7, {kX}, {scalar(10)}, {}, map(kX, [](double x) { return x + 10; })},
      {"sub", "Sub", 7, {kX}, {array({3}, {1, 2, 3})}, {}, array({2, 3}, {-3, -2.5, -3, -0.75, -1, 0})},
      {"mul", "Mul", 7, {kX}, {array({2, 1}, {2, -1})}, {}, array({2, 3}, {-4, -1, 0, -0.25, -1, -3})},
      {"div", "Div", 7, {kX}, {array({2, 1}, {2, -1})}, {}, array({2, 3}, {-1, -0.25, 0, -0.25, -1, -3})},
      {"min", "Min", 8, {kX, array({1}, {0.5})}, {}, {}, map(kX, [](double x) { return std::min(x, 0.5); })},
      {"max", "Max", 8, {kX, array({1}, {0.5})}, {}, {}, map(kX, [](double x) { return std::max(x, 0.5); })},
      {"sum", "Sum", 8, {kX, kX, kX}, {}, {}, map(kX, [](double x) { return 3 * x; })},
      {"sum of one", "Sum", 8, {kX}, {}, {}, kX},
      {"mean", "Mean", 8, {kX, array({1}, {1})}, {}, {}, map(kX, [](double x) { return (x + 1) / 2; })},
      {"pow", "Pow", 7, {kPositive}, {scalar(2)}, {}, map(kPositive, [](double x) { return x * x; })},
      {"pow of integers", "Pow", 12, {kPositive}, {integers({2})}, {}, map(kPositive, [](double x) { return x * x; })},
      {"less", "Less", 9, {kX}, {scalar(0.25)}, {}, array({2, 3}, {1, 1, 1, 0, 0, 0}, DType::boolean)},
      {"less or equal", "LessOrEqual", 12, {kX}, {scalar(0.25)}, {}, array({2, 3}, {1, 1, 1, 1, 0, 0}, DType::boolean)},
      {"equal", "Equal", 7, {kX}, {scalar(0.25)}, {}, array({2, 3}, {0, 0, 0, 1, 0, 0}, DType::boolean)},
      {"not", "Not", 7, {kBools}, {}, {}, array({2}, {0, 1}, DType::boolean)},
      {"where", "Where", 9, {kBools, array({2}, {1, 2}), array({2}, {3, 4})}, {}, {}, array({2}, {1, 4})},
      {"cast", "Cast", 9, {kX}, {}, {{"to", std::int64_t{7}}}, array({2, 3}, {-2, 0, 0, 0, 1, 3}, DType::i64)},
      {"cast 24",
       "Cast",
       24,
       {kX},
       {},
       {{"to", std::int64_t{7}}, {"round_mode", std::string("up")}, {"saturate", std::int64_t{1}}},
       array({2, 3}, {-2, 0, 0, 0, 1, 3}, DType::i64)},
      {"space to depth",
       "SpaceToDepth",
       13,
       {counting({1, 2, 2, 2})},
       {},
       {{"blocksize", std::int64_t{2}}},
       array({1, 8, 1, 1}, {1, 5, 2, 6, 3, 7, 4, 8})},
      {"space to depth 28",
       "SpaceToDepth",
       28,
       {counting({1, 2, 2, 2})},
       {},
       {{"blocksize", std::int64_t{2}}, {"mode", std::string("CRD")}},
       counting({1, 8, 1, 1})},
      {"range 27",
       "Range",
       27,
       {},
       {scalar(1), scalar(3), scalar(0.5)},
       {{"stash_type", std::int64_t{1}}},
       array({4}, {1, 1.5, 2, 2.5})},
      {"identity", "Identity", 7, {kX}, {}, {}, kX},
      {"dropout", "Dropout", 7, {kX}, {}, {{"ratio", 0.5}}, kX},
      {"reshape", "Reshape", 7, {one_to_24}, {integers({0, -1})}, {}, counting({2, 12})},
      {"flatten", "Flatten", 9, {one_to_24}, {}, {{"axis", std::int64_t{2}}}, counting({6, 4})},
      {"flatten all", "Flatten", 9, {one_to_24}, {}, {{"axis", std::int64_t{0}}}, counting({1, 24})},
      {"squeeze", "Squeeze", 7, {image}, {}, {{"axes", Integers{0}}}, counting({1, 3, 3})},
      {"squeeze 13", "Squeeze", 13, {image}, {}, {}, counting({3, 3})},
      {"unsqueeze", "Unsqueeze", 7, {kX}, {}, {{"axes", Integers{0, 3}}}, array({1, 2, 3, 1}, kX.values)},
      {"unsqueeze 13", "Unsqueeze", 13, {kX}, {integers({-1})}, {}, array({2, 3, 1}, kX.values)},
      {"transpose", "Transpose", 7, {kX}, {}, {}, array({3, 2}, {-2, 0.25, -0.5, 1, 0, 3})},
      {"expand", "Expand", 8, {array({2, 1}, {1, 2})}, {integers({1, 3})}, {}, array({2, 3}, {1, 1, 1, 2, 2, 2})},
      {"concat",
       "Concat",
       7,
       {kX, array({2, 1}, {7, 8})},
       {},
       {{"axis", std::int64_t{-1}}},
       array({2, 4}, {-2, -0.5, 0, 7, 0.25, 1, 3, 8})},
      {"slice 9",
       "Slice",
       9,
       {one_to_24},
       {},
       {{"starts", Integers{1, 1}}, {"ends", Integers{9, 3}}, {"axes", Integers{1, 2}}},
       array({2, 2, 2}, {6, 7, 10, 11, 18, 19, 22, 23})},
      {"slice 10",
       "Slice",
       10,
       {counting({5})},
       {integers({4}), integers({std::numeric_limits<std::int64_t>::min() + 1}), integers({0}), integers({-2})},
       {},
       array({3}, {5, 3, 1})},
      {"pad 2",
       "Pad",
       7,
       {array({1, 2}, {1, 2})},
       {},
       {{"pads", Integers{0, 1, 1, 0}}, {"value", 9.0}},
       array({2, 3}, {9, 1, 2, 9, 9, 9})},
      {"pad 11", "Pad", 11, {array({1, 2}, {1, 2})}, {integers({0, 0, 0, 2})}, {}, array({1, 4}, {1, 2, 0, 0})},
      {"pad 18",
       "Pad",
       18,
       {array({1, 2}, {1, 2})},
       {integers({1, 0}), scalar(5), integers({-1})},
       {},
       array({1, 3}, {5, 1, 2})},
      {"reduce mean", "ReduceMean", 7, {kX}, {}, {{"axes", Integers{1}}}, array({2, 1}, {-2.5 / 3, 4.25 / 3})},
      {"reduce max",
       "ReduceMax",
       7,
       {kX},
       {},
       {{"axes", Integers{0}}, {"keepdims", std::int64_t{0}}},
       array({3}, {0.25, 1, 3})},
      {"reduce min", "ReduceMin", 7, {kX}, {}, {{"keepdims", std::int64_t{0}}}, scalar(-2)},
      {"reduce sum 13", "ReduceSum", 13, {kX}, {integers({-1})}, {}, array({2, 1}, {-2.5, 4.25})},
      {"reduce square", "ReduceSumSquare", 7, {kX}, {}, {{"axes", Integers{1}}}, array({2, 1}, {4.25, 10.0625})},
      {"reduce l1", "ReduceL1", 7, {kX}, {}, {{"axes", Integers{1}}}, array({2, 1}, {2.5, 4.25})},
      {"reduce l2",
       "ReduceL2",
       7,
       {kX},
       {},
       {{"axes", Integers{1}}},
       array({2, 1}, {std::sqrt(4.25), std::sqrt(10.0625)})},
      {"softmax 13", "Softmax", 13, {array({1, 2}, {0, std::log(3)})}, {}, {}, array({1, 2}, {0.25, 0.75})},
      {"softmax 7",
       "Softmax",
       7,
       {array({1, 2, 2}, {0, 0, 0, std::log(5)})},
       {},
       {},
       array({1, 2, 2}, {0.125, 0.125, 0.125, 0.625})},
      {"log softmax",
       "LogSoftmax",
       13,
       {array({1, 2}, {0, std::log(3)})},
       {},
       {},
       array({1, 2}, {std::log(0.25), std::log(0.75)})},
      {"lrn",
       "LRN",
       7,
       {array({1, 3, 1, 1}, {1, 2, 3})},
       {},
       {{"size", std::int64_t{3}}, {"alpha", 3.0}, {"beta", 1.0}, {"bias", 1.0}},
       array({1, 3, 1, 1}, {1. / 6, 2. / 15, 3. / 14})},
      {"lrn of a window beyond 32 bits",
       "LRN",
       7,
       {array({1, 3, 1, 1}, {1, 2, 3})},
       {},
       {{"size", std::int64_t{1} << 40}, {"alpha", 0x1p40}, {"beta", 1.0}, {"bias", 1.0}},
       array({1, 3, 1, 1}, {1. / 15, 2. / 15, 3. / 15})},
      {"gemm",
       "Gemm",
       7,
       {array({1, 2}, {1, 2})},
       {array({3, 2}, {1, 2, 3, 4, 5, 6}), array({3}, {10, 20, 30})},
       {{"transB", std::int64_t{1}}, {"alpha", 2.0}, {"beta", 0.5}},
       array({1, 3}, {15, 32, 49})},
      {"gemm transposed",
       "Gemm",
       7,
       {array({2, 1}, {1, 2}), array({2, 1}, {3, 4})},
       {},
       {{"transA", std::int64_t{1}}, {"alpha", 3.0}},
       array({1, 1}, {33})},
      {"matmul",
       "MatMul",
       7,
       {array({2, 1, 2}, {1, 2, 3, 4})},
       {array({2, 1}, {5, 6})},
       {},
       array({2, 1, 1}, {17, 39})},
      {"matmul of vectors", "MatMul", 7, {array({2}, {1, 2}), array({2}, {3, 4})}, {}, {}, scalar(11)},
      {"conv 3d",
       "Conv",
       11,
       {counting({1, 1, 2, 2, 3})},
       {array({1, 1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
       {{"pads", Integers{0, 0, 1, 0, 0, 0}}, {"strides", Integers{1, 1, 2}}},
       array({1, 1, 1, 1, 2},
             {2 * 1 + 4 * 4 + 6 * 7 + 8 * 10, 2 + 2 * 3 + 3 * 5 + 4 * 6 + 5 * 8 + 6 * 9 + 7 * 11 + 8 * 12})},
      {"max pool", "MaxPool", 7, {image}, {}, {{"kernel_shape", Integers{2, 2}}}, array({1, 1, 2, 2}, {5, 6, 8, 9})},
      {"max pool 1d",
       "MaxPool",
       7,
       {counting({1, 1, 5})},
       {},
       {{"kernel_shape", Integers{2}}, {"strides", Integers{3}}},
       array({1, 1, 2}, {2, 5})},
      {"max pool ceil",
       "MaxPool",
       10,
       {image},
       {},
       {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}, {"ceil_mode", std::int64_t{1}}},
       array({1, 1, 2, 2}, {5, 6, 8, 9})},
      {"average pool",
       "AveragePool",
       7,
       {image},
       {},
       {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 0, 0}}},
       array({1, 1, 2, 2}, {1, 2.5, 5.5, 7})},
      {"average pool counting pads",
       "AveragePool",
       7,
       {image},
       {},
       {{"kernel_shape", Integers{2, 2}},
        {"strides", Integers{2, 2}},
        {"pads", Integers{1, 1, 0, 0}},
        {"count_include_pad", std::int64_t{1}}},
       array({1, 1, 2, 2}, {0.25, 1.25, 2.75, 7})},
      {"average pool same",
       "AveragePool",
       7,
       {image},
       {},
       {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}, {"auto_pad", std::string("SAME_UPPER")}},
       array({1, 1, 2, 2}, {3, 4.5, 7.5, 9})},
      {"global average pool",
       "GlobalAveragePool",
       7,
       {counting({1, 2, 2, 2})},
       {},
       {},
       array({1, 2, 1, 1}, {2.5, 6.5})},
      {"global max pool", "GlobalMaxPool", 7, {counting({1, 2, 2, 2})}, {}, {}, array({1, 2, 1, 1}, {4, 8})},
      {"batch norm",
       "BatchNormalization",
       9,
       {counting({1, 2, 1, 2})},
       {array({2}, {1, 2}), array({2}, {0, 1}), array({2}, {1, 2}), array({2}, {4, 1})},
       {{"epsilon", 0.0}},
       array({1, 2, 1, 2}, {0, 0.5, 3, 5})},
  };
}

class ImportOperator : public testing::TestWithParam<Case> {};

TEST_P(ImportOperator, ComputesWhatIsWorkedOutByHand) {
  const Case& c = GetParam();
  OnnxModel model(c.opset);
  Arrays feeds;
  std::vector<std::string> names;
  for (const te::Array& input : c.inputs) {
    names.push_back("x" + std::to_string(names.size()));
    model.input(names.back(), input.shape, onnx_type(input.type));
    feeds[names.back()] = input;
  }
  for (const te::Array& weight : c.weights) {
    names.push_back("w" + std::to_string(names.size()));
    model.weight(names.back(), weight);
  }
  model.node(c.op, names, {"y"}, c.attributes).output("y");
  const Graph graph = optimize(model.import().graph);
  expect_near(run_reference(partition(graph), feeds).at("y"), c.expected, 2e-6);
}

INSTANTIATE_TEST_SUITE_P(All, ImportOperator, testing::ValuesIn(cases()), [](const auto& test) {
  std::string name = test.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

TEST(ImportOperators, SplitCutsIntoPartsOfTheGivenLengths) {
  const Network network = OnnxModel(13)
                              .input("x", {5})
                              .integers("lengths", {2, 3})
                              .node("Split", {"x", "lengths"}, {"a", "b"})
                              .output("a")
                              .output("b")
                              .import();
  const Arrays out = run_reference(partition(optimize(network.graph)), {{"x", counting({5})}});
  expect_near(out.at("a"), array({2}, {1, 2}));
  expect_near(out.at("b"), array({3}, {3, 4, 5}));
}

TEST(ImportOperators, SplitCutsIntoEqualPartsWithAShorterLastOne) {
  const Network network = OnnxModel(18)
                              .input("x", {5})
                              .node("Split", {"x"}, {"a", "b"}, {{"num_outputs", std::int64_t{2}}})
                              .output("b")
                              .import();
  expect_near(run_reference(partition(optimize(network.graph)), {{"x", counting({5})}}).at("b"), array({2}, {4, 5}));
}

// Exporters write flatten as arithmetic on shapes: all of it must be known at compile time.
TEST(ImportOperators, ArithmeticOnShapesIsFolded) {
  const Network network = OnnxModel(13)
                              .input("x", {2, 3, 4})
                              .integers("zero", {0})
                              .integers("minus_one", {-1})
                              .node("Shape", {"x"}, {"shape"})
                              .node("Gather", {"shape", "zero"}, {"first"})
                              .node("Concat", {"first", "minus_one"}, {"target"}, {{"axis", std::int64_t{0}}})
                              .node("Reshape", {"x", "target"}, {"y"})
                              .output("y")
                              .import();
  const Graph graph = optimize(network.graph);
  EXPECT_EQ(graph.nodes().size(), 1u) << to_text(graph);
  EXPECT_EQ(graph.shape(graph.outputs()[0].tensor), (Shape{2, 12}));
}

TEST(ImportOperators, ConstantsComeInAllForms) {
  const Network network = OnnxModel(13)
                              .input("x", {2})
                              .node("Constant", {}, {"a"}, {{"value", array({2}, {1, 2})}})
                              .node("Constant", {}, {"b"}, {{"value_float", 0.5}})
                              .node("Constant", {}, {"n"}, {{"value_ints", Integers{2}}})
                              .node("ConstantOfShape", {"n"}, {"c"}, {{"value", array({1}, {7})}})
                              .node("Sum", {"x", "a", "b", "c"}, {"y"})
                              .output("y")
                              .import();
  expect_near(run_reference(partition(optimize(network.graph)), {{"x", array({2}, {10, 20})}}).at("y"),
              array({2}, {18.5, 29.5}));
}

}  // namespace
}  // namespace tilewright::graph
