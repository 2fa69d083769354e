// Elementwise operators on NaN, infinities, zeros, denormals, the least and the largest numbers of each type, however
// they are computed, against ONNX's definitions in numbers that are more exact.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "special_values.h"

namespace tilewright::graph {
namespace {

using Attributes = std::vector<OnnxModel::Attribute>;
using Types = std::vector<DType>;

const Types kFloats{DType::f32, DType::f64}, kSigned{DType::i8, DType::i32, DType::i64},
    kNumbers{DType::f32, DType::f64, DType::i8, DType::u8, DType::i32, DType::i64};

constexpr Real kInfinity = std::numeric_limits<Real>::infinity();

Real softplus(Real x) { return std::fmax(x, Real(0)) + std::log1p(std::exp(-std::fabs(x))); }
Real sigmoid(Real x) { return 1 / (1 + std::exp(-x)); }
Real elu(Real x, Real alpha) { return x > 0 ? x : alpha * std::expm1(x); }
/// NaN in, NaN out: min and max of ONNX, unlike those of C.
Real least(Real a, Real b) { return std::isnan(a) || std::isnan(b) ? Real(NAN) : std::min(a, b); }
Real most(Real a, Real b) { return std::isnan(a) || std::isnan(b) ? Real(NAN) : std::max(a, b); }
Real clip(Real x, Real low, Real high) { return least(most(x, low), high); }
Real sign(Real x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

Real floor_mod(Real a, Real b) {
  const Real rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

struct Unary {
  OneNode node;
  Types types;
  std::function<Real(DType, Real)> exact;
  Tolerance tolerance;
};

std::vector<Unary> unary_cases() {
  const auto of = [](auto f) { return [f](DType, Real x) { return Real(f(x)); }; };
  const auto largest = [](DType type) { return type == DType::f64 ? Real(DBL_MAX) : Real(FLT_MAX); };
  const Tolerance math{4}, formula{8};
  return {
      {{"Abs"}, kFloats, of([](Real x) { return std::fabs(x); })},
      {{"Neg"}, kFloats, of([](Real x) { return -x; })},
      {{"Identity"}, kNumbers, of([](Real x) { return x; })},
      {{"Exp"}, kFloats, of([](Real x) { return std::exp(x); }), math},
      {{"Log"}, kFloats, of([](Real x) { return std::log(x); }), math},
      {{"Sqrt"}, kFloats, of([](Real x) { return std::sqrt(x); }), {1}},
      {{"Reciprocal"}, kFloats, of([](Real x) { return 1 / x; }), {1}},
      {{"Sin"}, kFloats, of([](Real x) { return std::sin(x); }), math},
      {{"Cos"}, kFloats, of([](Real x) { return std::cos(x); }), math},
      {{"Tan"}, kFloats, of([](Real x) { return std::tan(x); }), math},
      {{"Tanh"}, kFloats, of([](Real x) { return std::tanh(x); }), math},
      {{"Asin"}, kFloats, of([](Real x) { return std::asin(x); }), math},
      {{"Acos"}, kFloats, of([](Real x) { return std::acos(x); }), math},
      {{"Atan"}, kFloats, of([](Real x) { return std::atan(x); }), math},
      {{"Sinh"}, kFloats, of([](Real x) { return std::sinh(x); }), math},
      {{"Cosh"}, kFloats, of([](Real x) { return std::cosh(x); }), math},
      {{"Asinh"}, kFloats, of([](Real x) { return std::asinh(x); }), math},
      {{"Acosh"}, kFloats, of([](Real x) { return std::acosh(x); }), math},
      {{"Atanh"}, kFloats, of([](Real x) { return std::atanh(x); }), math},
      {{"Erf"}, kFloats, of([](Real x) { return std::erf(x); }), math},
      {{"Sigmoid"}, kFloats, of(sigmoid), formula},
      {{"Floor"}, kFloats, of([](Real x) { return std::floor(x); })},
      {{"Ceil"}, kFloats, of([](Real x) { return std::ceil(x); })},
      {{"Round"}, kFloats, of([](Real x) { return std::nearbyint(x); })},
      {{"Sign"}, kNumbers, of(sign)},
      {{"Relu", 14}, {DType::f32, DType::f64, DType::i8, DType::i32}, of([](Real x) { return most(x, 0); })},
      {{"LeakyRelu", 13, {{"alpha", 0.5}}}, kFloats, of([](Real x) { return x < 0 ? x / 2 : x; })},
      {{"Elu", 13, {{"alpha", 2.0}}}, kFloats, of([](Real x) { return elu(x, 2); }), formula},
      {{"Celu", 13, {{"alpha", 2.0}}}, kFloats, of([](Real x) { return x > 0 ? x : 2 * std::expm1(x / 2); }), formula},
      {{"Selu", 13, {{"alpha", 2.0}, {"gamma", 0.5}}}, kFloats, of([](Real x) { return elu(x, 2) / 2; }), formula},
      {{"ThresholdedRelu", 13, {{"alpha", 1.0}}}, kFloats, of([](Real x) { return x > 1 ? x : 0; })},
      {{"Softsign"}, kFloats, of([](Real x) { return x / (1 + std::fabs(x)); }), formula},
      {{"Softplus"}, kFloats, of([](Real x) { return std::isnan(x) ? x : softplus(x); }), formula},
      {{"Mish", 18}, kFloats, of([](Real x) { return std::isnan(x) ? x : x * std::tanh(softplus(x)); }), formula},
      {{"Swish", 24, {{"alpha", 0.5}}}, kFloats, of([](Real x) { return x * sigmoid(x / 2); }), formula},
      {{"Shrink", 13, {{"lambd", 1.0}, {"bias", 0.5}}},
       kFloats,
       [](DType type, Real x) { return x < -1  ? rounded(type, x + 0.5L)
                                       : x > 1 ? rounded(type, x - 0.5L)
                                               : 0; }},
      {{"HardSigmoid", 13, {{"alpha", 0.25}, {"beta", 0.5}}},
       kFloats,
       of([](Real x) { return clip(x / 4 + 0.5L, 0, 1); }),
       formula},
      {{"HardSwish", 14}, kFloats, of([](Real x) { return x * clip(x * (1.0F / 6) + 0.5L, 0, 1); }), {8, 1e-6}},
      {{"Gelu", 20},
       kFloats,
       of([](Real x) { return x / 2 * (1 + std::erf(x / std::numbers::sqrt2_v<Real>)); }),
       {8, 1e-6}},
      {{"Gelu", 20, {{"approximate", std::string("tanh")}}},
       kFloats,
       of([](Real x) {
         return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi_v<Real>) * (x + 0.044715L * x * x * x)));
       }),
       {64, 1e-6}},
      // A bound left out is the largest number of the type; infinities do not pass.
      {{"Clip"}, kFloats, [=](DType type, Real x) { return clip(x, -largest(type), largest(type)); }},
      {{"Clip", 7, {{"min", -1.0}}}, {DType::f32}, [=](DType type, Real x) { return clip(x, -1, largest(type)); }},
      {{"Clip", 7, {{"max", 1.0}}}, {DType::f32}, [=](DType type, Real x) { return clip(x, -largest(type), 1); }},
      {{"Clip", 7, {{"min", 1.0}, {"max", -1.0}}}, {DType::f32}, of([](Real x) { return clip(x, 1, -1); })},
      {{"IsNaN"}, kFloats, of([](Real x) { return std::isnan(x); })},
      {{"IsInf"}, kFloats, of([](Real x) { return std::isinf(x); })},
      {{"IsInf", 13, {{"detect_negative", std::int64_t{0}}}}, kFloats, of([](Real x) { return x == kInfinity; })},
      {{"IsInf", 13, {{"detect_positive", std::int64_t{0}}}}, kFloats, of([](Real x) { return x == -kInfinity; })},
      {{"IsInf", 13, {{"detect_negative", std::int64_t{0}}, {"detect_positive", std::int64_t{0}}}},
       kFloats,
       of([](Real) { return 0; })},
      {{"Cast", 13, {{"to", std::int64_t{onnx::TensorProto::FLOAT}}}},
       kFloats,
       [](DType, Real x) { return rounded(DType::f32, x); }},
      {{"Cast", 13, {{"to", std::int64_t{onnx::TensorProto::DOUBLE}}}}, kNumbers, of([](Real x) { return x; })},
  };
}

/// Every value in vectors of 16 and in their tail: the list, and turns of it by fewer than the tail is long.
std::vector<runtime::Tensor> turns_of(DType type, std::vector<Real> values) {
  while (values.size() % 16 < 5) values.push_back(1);
  std::vector<runtime::Tensor> turns;
  const auto n = static_cast<std::int64_t>(values.size());
  for (std::int64_t turned = 0; turned < n; turned += 4) {
    turns.push_back(real_tensor(type, {n}, values));
    std::rotate(values.begin(), values.begin() + 4, values.end());
  }
  return turns;
}

std::string text_of(const OneNode& node, DType type) {
  std::string text = fmt::format("{} (opset {}) of {}", node.op, node.opset, to_text(type));
  for (const OnnxModel::Attribute& a : node.attributes) text += " " + a.name;
  return text;
}

TEST(SpecialElements, UnaryOperatorsComputeTheirDefinitionWhateverTheNumber) {
  for (const Unary& c : unary_cases())
    for (const DType type : c.types) {
      SCOPED_TRACE(text_of(c.node, type));
      const std::vector<runtime::Tensor> turns = turns_of(type, special_values(type));
      const NodeRuns node(c.node, {turns[0]}, 1);
      for (const runtime::Tensor& x : turns)
        for (const NodeRun& run : node.run({x}))
          for (std::int64_t i = 0; i < x.elements(); ++i) {
            const Real found = exact_element(run.output, i), expected = c.exact(type, exact_element(x, i));
            EXPECT_TRUE(agree(run.output.type(), found, expected, c.tolerance))
                << run.how << ": of " << exact_element(x, i) << " it is " << found << ", expected " << expected;
          }
    }
}

struct Binary {
  OneNode node;
  Types types;
  std::function<Real(Real, Real)> exact;
  Tolerance tolerance;
};

std::vector<Binary> binary_cases() {
  return {
      {{"Add"}, kFloats, [](Real a, Real b) { return a + b; }},
      {{"Sub"}, kFloats, [](Real a, Real b) { return a - b; }},
      {{"Mul"}, kFloats, [](Real a, Real b) { return a * b; }, {0.01}},
      {{"Div"}, kFloats, [](Real a, Real b) { return a / b; }, {1}},
      {{"Sum"}, kFloats, [](Real a, Real b) { return a + b; }},
      {{"Min"}, kNumbers, least},
      {{"Max"}, kNumbers, most},
      {{"Pow"}, kFloats, [](Real a, Real b) { return std::pow(a, b); }, {8}},
      {{"Mod", 13, {{"fmod", std::int64_t{1}}}}, kFloats, [](Real a, Real b) { return std::fmod(a, b); }},
      {{"Mod", 28}, kFloats, floor_mod, {1}},
      {{"Equal"}, kNumbers, [](Real a, Real b) { return Real(a == b); }},
      {{"Less"}, kNumbers, [](Real a, Real b) { return Real(a < b); }},
      {{"LessOrEqual"}, kNumbers, [](Real a, Real b) { return Real(a <= b); }},
      {{"Greater"}, kNumbers, [](Real a, Real b) { return Real(a > b); }},
      {{"GreaterOrEqual"}, kNumbers, [](Real a, Real b) { return Real(a >= b); }},
      {{"PRelu"}, kFloats, [](Real a, Real b) { return a < 0 ? a * b : a; }, {1}},
  };
}

void expect_pairs(const Binary& c, const NodeRun& run, const runtime::Tensor& a, const runtime::Tensor& b) {
  for (std::int64_t i = 0; i < a.elements(); ++i) {
    const Real x = exact_element(a, i), y = exact_element(b, b.elements() == 1 ? 0 : i);
    const Real found = exact_element(run.output, i), expected = c.exact(x, y);
    EXPECT_TRUE(agree(run.output.type(), found, expected, c.tolerance))
        << run.how << ": of " << x << " and " << y << " it is " << found << ", expected " << expected;
  }
}

TEST(SpecialElements, BinaryOperatorsComputeTheirDefinitionForEveryPair) {
  for (const Binary& c : binary_cases())
    for (const DType type : c.types) {
      SCOPED_TRACE(text_of(c.node, type));
      std::vector<Real> left, right;
      for (const Real a : special_values(type))
        for (const Real b : special_values(type)) left.push_back(a), right.push_back(b);
      left.resize(left.size() / 16 * 16 + 13, 1), right.resize(left.size(), 1);
      const Shape shape{static_cast<std::int64_t>(left.size())};
      const runtime::Tensor a = real_tensor(type, shape, left), b = real_tensor(type, shape, right);
      for (const NodeRun& run : NodeRuns(c.node, {a, b}, 2).run({a, b})) expect_pairs(c, run, a, b);
    }
}

TEST(SpecialElements, BinaryOperatorsComputeTheirDefinitionWithAConstant) {
  for (const Binary& c : binary_cases())
    for (const DType type : c.types) {
      if (type != c.types[0]) continue;
      const std::vector<Real> values = special_values(type);
      const Shape shape{static_cast<std::int64_t>(values.size())};
      const runtime::Tensor a = real_tensor(type, shape, values);
      for (const Real value : values) {
        SCOPED_TRACE(text_of(c.node, type) + fmt::format(" with {}", static_cast<double>(value)));
        const runtime::Tensor b = real_tensor(type, {}, {value});
        for (const NodeRun& run : NodeRuns(c.node, {a, b}, 1).run({a})) expect_pairs(c, run, a, b);
      }
    }
}

TEST(SpecialElements, ClipKeepsBoundsThatAreTheLargestNumbersOfAType) {
  for (const DType type : kFloats) {
    const Real largest = type == DType::f64 ? Real(DBL_MAX) : Real(FLT_MAX);
    for (const auto& [low, high] : {std::pair(-largest, largest), std::pair(Real(-3e38L), Real(3e38L)),
                                    std::pair(Real(1), Real(-1)), std::pair(-kInfinity, kInfinity)}) {
      SCOPED_TRACE(fmt::format("{} to {} of {}", static_cast<double>(low), static_cast<double>(high), to_text(type)));
      const std::vector<Real> values = special_values(type);
      const runtime::Tensor x = real_tensor(type, {static_cast<std::int64_t>(values.size())}, values),
                            l = real_tensor(type, {}, {low}), h = real_tensor(type, {}, {high});
      for (const std::size_t computed : {1, 3}) {  // bounds as constants, and as inputs
        const NodeRuns node({"Clip"}, {x, l, h}, computed);
        for (const NodeRun& run : node.run(computed == 1 ? std::vector{x} : std::vector{x, l, h}))
          for (std::size_t i = 0; i < values.size(); ++i) {
            const Real found = exact_element(run.output, static_cast<std::int64_t>(i));
            const Real expected = clip(values[i], rounded(type, low), rounded(type, high));
            EXPECT_TRUE(agree(type, found, expected, {})) << run.how << ": of " << values[i] << " it is " << found;
          }
      }
    }
  }
}

}  // namespace
}  // namespace tilewright::graph
