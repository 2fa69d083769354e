// Integers as they are, whatever way they go: folded, as scalars in expressions, as attributes, in machine code.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend/cpu/backend.h"
#include "base/rng.h"
#include "compile/compile_model.h"
#include "graph/array.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kBig = (std::int64_t{1} << 53) + 1, kLeast = std::numeric_limits<std::int64_t>::min(),
                       kLargest = std::numeric_limits<std::int64_t>::max();

te::Array integers(const Shape& shape, const Integers& values, DType type = DType::i64) {
  te::Array array(type, shape);
  for (const std::int64_t value : values) array.append(value);
  return array;
}

/// Output y of the model, compiled to machine code.
te::Array run(const OnnxModel& model, const Arrays& inputs) {
  runtime::ThreadPool pool({.threads = 1, .pin = false});
  std::map<std::string, runtime::Tensor> tensors;
  for (const auto& [name, array] : inputs) tensors.emplace(name, to_tensor(array));
  const Partition cut = partition(optimize(model.import().graph));
  const auto plain = [](const task::Task& task) { return schedule::State::initial(task.dag); };
  return to_array(compile::compile(cut, plain, cpu::make_target(target::host_target())).run(tensors, pool).at("y"));
}

struct Case {
  std::string op;
  std::vector<te::Array> operands;
  std::vector<OnnxModel::Attribute> attributes;
  te::Array expected;
};

/// y = op(operands): all known when compiling, all at run time, and each one at run time with the others known. Only
/// those from `first_known` on may be known only.
void expect_exact(const Case& c, std::size_t first_known) {
  for (std::size_t mask = 0; mask < (std::size_t{1} << c.operands.size()); ++mask) {
    OnnxModel model(17);
    std::vector<std::string> names;
    Arrays inputs;
    bool skip = false;
    for (std::size_t i = 0; i < c.operands.size(); ++i) {
      names.push_back("x" + std::to_string(i));
      const bool at_run_time = (mask >> i & 1) != 0;
      skip = skip || (at_run_time && i >= first_known);
      if (at_run_time) {
        const int type = c.operands[i].type == DType::i64   ? onnx::TensorProto::INT64
                         : c.operands[i].type == DType::i32 ? onnx::TensorProto::INT32
                                                            : onnx::TensorProto::BOOL;
        model.input(names.back(), c.operands[i].shape, type);
        auto& inputs_of_graph = *model.proto().mutable_graph()->mutable_input();
        inputs_of_graph.rbegin()->mutable_type()->mutable_tensor_type()->mutable_shape();  // of a scalar, too
        inputs[names.back()] = c.operands[i];
      } else {
        model.weight(names.back(), c.operands[i]);
      }
    }
    if (skip) continue;
    model.node(c.op, names, {"y"}, c.attributes).output("y");
    SCOPED_TRACE(fmt::format("{} with operands at run time {:b}", c.op, mask));
    expect_near(run(model, inputs), c.expected, 0);
  }
}

TEST(Arithmetic, KeepsAllBitsOf64) {
  const te::Array x = integers({4}, {0, 1, -5, kBig}), big = integers({}, {kBig});
  const te::Array bools(DType::boolean, {4}, {0, 0, 0, 1}), others(DType::boolean, {4}, {1, 1, 1, 0});
  const std::size_t any = 3;
  expect_exact({"Add", {x, big}, {}, integers({4}, {kBig, kBig + 1, kBig - 5, 2 * kBig})}, any);
  expect_exact({"Sub", {x, big}, {}, integers({4}, {-kBig, 1 - kBig, -5 - kBig, 0})}, any);
  expect_exact({"Mul", {x, big}, {}, integers({4}, {0, kBig, -5 * kBig, (std::int64_t{1} << 54) + 1})}, any);
  expect_exact({"Min", {x, integers({}, {kBig - 1})}, {}, integers({4}, {0, 1, -5, kBig - 1})}, any);
  expect_exact({"Max", {x, big}, {}, integers({4}, {kBig, kBig, kBig, kBig})}, any);
  expect_exact({"Equal", {x, big}, {}, bools}, any);
  expect_exact({"Greater", {x, integers({}, {kBig - 1})}, {}, bools}, any);
  expect_exact({"Less", {x, big}, {}, others}, any);
  expect_exact({"Where", {bools, big, x}, {}, integers({4}, {0, 1, -5, kBig})}, any);
  expect_exact({"Clip", {x, integers({}, {3}), integers({}, {kBig - 1})}, {}, integers({4}, {3, 3, 3, kBig - 1})}, any);
  expect_exact({"Neg", {integers({3}, {kBig, kLeast, kLargest})}, {}, integers({3}, {-kBig, kLeast, -kLargest})}, any);
  expect_exact({"Abs", {integers({3}, {-kBig, kLeast, kLargest})}, {}, integers({3}, {kBig, kLeast, kLargest})}, any);
  expect_exact({"ReduceSum", {x}, {{"keepdims", std::int64_t{0}}}, integers({}, {kBig - 4})}, any);
  expect_exact({"ReduceMax", {x}, {{"keepdims", std::int64_t{0}}}, big}, any);
  expect_exact(
      {"Cast", {x}, {{"to", std::int64_t{onnx::TensorProto::INT32}}}, integers({4}, {0, 1, -5, 1}, DType::i32)}, any);
}

TEST(Arithmetic, KeepsAllBitsOf64InAttributesAndTables) {
  const te::Array x = integers({2}, {7, kBig});
  expect_exact({"Pad", {x, integers({2}, {1, 1}), integers({}, {kBig})}, {}, integers({4}, {kBig, 7, kBig, kBig})}, 1);
  expect_exact({"OneHot",
                {integers({2}, {1, 0}), integers({}, {2}), integers({2}, {kBig - 1, kBig})},
                {},
                integers({2, 2}, {kBig - 1, kBig, kBig, kBig - 1})},
               1);
  expect_exact({"Range",
                {integers({}, {kBig}), integers({}, {kBig + 3}), integers({}, {1})},
                {},
                integers({3}, {kBig, kBig + 1, kBig + 2})},
               0);
  expect_exact({"Range",
                {integers({}, {kLargest}), integers({}, {kLeast}), integers({}, {-(1LL << 62)})},
                {},
                integers({4}, {kLargest, (1LL << 62) - 1, -1, -(1LL << 62) - 1})},
               0);
  expect_exact(
      {"ConstantOfShape", {integers({1}, {2})}, {{"value", integers({1}, {kBig})}}, integers({2}, {kBig, kBig})}, 0);
}

TEST(Arithmetic, DividesByZeroAndByMinusOne) {
  const te::Array a = integers({6}, {7, -7, 0, kLeast, kLargest, -9}), b = integers({6}, {0, 0, 0, -1, -1, 2});
  expect_exact({"Div", {a, b}, {}, integers({6}, {0, 0, 0, kLeast, -kLargest, -4})}, 2);
  expect_exact({"Mod", {a, b}, {}, integers({6}, {0, 0, 0, 0, 0, 1})}, 2);
  expect_exact({"Mod", {a, b}, {{"fmod", std::int64_t{1}}}, integers({6}, {0, 0, 0, 0, 0, -1})}, 2);
  constexpr std::int64_t kLeast32 = std::numeric_limits<std::int32_t>::min();
  expect_exact({"Div",
                {integers({2}, {kLeast32, 5}, DType::i32), integers({}, {-1}, DType::i32)},
                {},
                integers({2}, {kLeast32, -5}, DType::i32)},
               2);
  expect_exact({"Mod",
                {integers({3}, {7, -7, 6}, DType::i32), integers({}, {-3}, DType::i32)},
                {},
                integers({3}, {-2, -1, 0}, DType::i32)},
               2);
}

TEST(Arithmetic, ConvertsFloatsBeyondTheIntegersToTheLeastOne) {
  const std::vector<double> values{std::nan(""), HUGE_VAL, -HUGE_VAL, 1e10F, -1e10F, 3e9F, 2.5, -2.5};
  for (const bool known : {false, true}) {
    OnnxModel model(17);
    const te::Array x(DType::f32, {8}, values);
    known ? model.weight("x", x) : model.input("x", {8});
    model.node("Cast", {"x"}, {"y"}, {{"to", std::int64_t{onnx::TensorProto::INT32}}}).output("y");
    constexpr std::int64_t kLeast32 = std::numeric_limits<std::int32_t>::min();
    expect_near(run(model, known ? Arrays{} : Arrays{{"x", x}}),
                integers({8}, {kLeast32, kLeast32, kLeast32, kLeast32, kLeast32, kLeast32, 2, -2}, DType::i32));
  }
}

/// The largest error of machine code that sums positive numbers, relative to the sum in double.
double error_of_sum(const OnnxModel& model, const te::Array& x, double expected) {
  double error = 0;
  for (const double found : run(model, {{"x", x}}).values) error = std::max(error, std::abs(found / expected - 1));
  return error;
}

TEST(Arithmetic, AddsUpAMillionNumbers) {
  constexpr std::int64_t kTerms = (1 << 20) + 7;
  te::Array x(DType::f32, {1, kTerms});
  Rng rng(1);
  double sum = 0;
  for (std::int64_t i = 0; i < kTerms; ++i) {
    x.append(static_cast<float>(rng.uniform()));
    sum += x.values.back();
  }
  OnnxModel product(13), reduced(13), mean(13);
  product.input("x", {1, kTerms}).weight("w", {DType::f32, {kTerms, 3}, std::vector<double>(3 * kTerms, 1)});
  product.node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_LT(error_of_sum(product, x, sum), 3e-6);
  reduced.input("x", {1, kTerms}).node("ReduceSum", {"x"}, {"y"}).output("y");
  EXPECT_LT(error_of_sum(reduced, x, sum), 3e-6);
  mean.input("x", {1, kTerms}).node("ReduceMean", {"x"}, {"y"}).output("y");
  EXPECT_LT(error_of_sum(mean, x, sum / kTerms), 3e-6);
}

}  // namespace
}  // namespace tilewright::graph
