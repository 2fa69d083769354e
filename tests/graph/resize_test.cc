// Resize in all its modes for all pairs of small extents, against ONNX's formulas in exact fractions.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/integer.h"
#include "graph/array.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;

constexpr std::array kCoordinates{"half_pixel",    "pytorch_half_pixel", "half_pixel_symmetric",
                                  "align_corners", "asymmetric",         "tf_half_pixel_for_nn"};
constexpr std::array kNearest{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};

struct Fraction {
  std::int64_t over, under;
};

/// Where output element `x` lies among the input's.
Fraction position_of(const std::string& coordinates, std::int64_t x, std::int64_t in, std::int64_t out) {
  if (in == out) return {x, 1};  // nothing is resized
  if (coordinates == "asymmetric") return {x * in, out};
  if (coordinates == "align_corners") return out > 1 ? Fraction{x * (in - 1), out - 1} : Fraction{0, 1};
  if (coordinates == "tf_half_pixel_for_nn") return {(2 * x + 1) * in, 2 * out};
  if (coordinates == "pytorch_half_pixel" && out == 1) return {0, 1};
  return {(2 * x + 1) * in - out, 2 * out};
}

std::int64_t nearest_to(const std::string& mode, const Fraction& p) {
  const auto half_up = [&](std::int64_t shift) { return floor_div(2 * p.over + p.under + shift, 2 * p.under); };
  if (mode == "floor") return floor_div(p.over, p.under);
  if (mode == "ceil") return ceil_div(p.over, p.under);
  return half_up(mode == "round_prefer_floor" ? -1 : 0);  // a tie is one step of the fraction above the next
}

/// The value of a Resize of constants.
std::vector<double> resized(const te::Array& x, const std::vector<OnnxModel::Attribute>& attributes,
                            const te::Array& scales, const Integers& sizes, int opset = 13) {
  OnnxModel model(opset);
  model.weight("x", x).weight("scales", scales);
  if (!sizes.empty()) model.integers("sizes", sizes);
  std::vector<std::string> inputs{"x", "", scales.values.empty() ? "" : "scales"};
  if (!sizes.empty()) inputs.push_back("sizes");
  const Graph graph = optimize(model.node("Resize", inputs, {"y"}, attributes).output("y").import().graph);
  return to_array(*graph.tensor(graph.outputs()[0].tensor).constant).values;
}

TEST(Resize, NearestTakesTheElementOfOnnxsFormulaForAllPairsOfSizes) {
  for (const std::string coordinates : kCoordinates)
    for (const std::string mode : kNearest)
      for (std::int64_t in = 1; in <= 40; ++in)
        for (std::int64_t out = 1; out <= 40; ++out) {
          const auto y =
              resized(counting({in}), {{"coordinate_transformation_mode", coordinates}, {"nearest_mode", mode}},
                      array({0}, {}), {out});
          ASSERT_EQ(std::ssize(y), out);
          for (std::int64_t i = 0; i < out; ++i) {
            const std::int64_t index =
                std::clamp<std::int64_t>(nearest_to(mode, position_of(coordinates, i, in, out)), 0, in - 1);
            ASSERT_EQ(y[static_cast<std::size_t>(i)], static_cast<double>(index + 1))
                << coordinates << " " << mode << " " << in << " to " << out << " at " << i;
          }
        }
}

// A scale of 1/3 can't be said in a float, nor can 0.29, which makes 29 of 100.
TEST(Resize, ScalesMeanTheLengthsThatTheyComeFrom) {
  const std::vector<OnnxModel::Attribute> attributes{{"coordinate_transformation_mode", std::string("asymmetric")},
                                                     {"nearest_mode", std::string("floor")}};
  for (std::int64_t in = 1; in <= 100; ++in)
    for (std::int64_t out = 1; out <= 40; ++out) {
      const float scale = static_cast<float>(static_cast<double>(out) / static_cast<double>(in));
      const float length = std::floor(static_cast<float>(in) * scale);
      if (length < 1) continue;
      const auto by_scale = resized(counting({in}), attributes, array({1}, {scale}), {});
      ASSERT_EQ(static_cast<float>(by_scale.size()), length) << in << " by " << scale;
      if (length == static_cast<float>(out)) {
        ASSERT_EQ(by_scale, resized(counting({in}), attributes, array({0}, {}), {out})) << in << " to " << out;
      }
    }
}

double cubic(double t, double a) {
  t = std::abs(t);
  if (t <= 1) return (a + 2) * t * t * t - (a + 3) * t * t + 1;
  return t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a : 0;
}

TEST(Resize, LinearAndCubicWeighTheElementsAroundThePositionOfOnnxsFormula) {
  for (const std::string coordinates : kCoordinates)
    for (const std::string mode : {"linear", "cubic"})
      for (std::int64_t in = 1; in <= 12; ++in)
        for (std::int64_t out = 1; out <= 12; ++out) {
          const te::Array x = random_array({in}, static_cast<std::uint64_t>(in));
          const auto y =
              resized(x, {{"coordinate_transformation_mode", coordinates}, {"mode", mode}}, array({0}, {}), {out});
          for (std::int64_t i = 0; i < out; ++i) {
            const Fraction p = position_of(coordinates, i, in, out);
            const double position = static_cast<double>(p.over) / static_cast<double>(p.under);
            double expected = 0;
            for (std::int64_t k = -1; k <= 2; ++k) {
              const std::int64_t at = floor_div(p.over, p.under) + k;
              const double distance = position - static_cast<double>(at);
              const double weight = mode == "cubic" ? cubic(distance, -0.75) : std::max(0.0, 1 - std::abs(distance));
              expected += weight * x.values[static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, in - 1))];
            }
            ASSERT_NEAR(y[static_cast<std::size_t>(i)], expected, 1e-6)
                << coordinates << " " << mode << " " << in << " to " << out << " at " << i;
          }
        }
}

TEST(Resize, HalfPixelSymmetricKeepsTheCentreOfAScaledLengthThatIsNotWhole) {
  const auto y = resized(
      counting({3}),
      {{"coordinate_transformation_mode", std::string("half_pixel_symmetric")}, {"mode", std::string("linear")}},
      array({1}, {1.5}), {}, 19);
  ASSERT_EQ(y.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(y[i], 1 + 2.0 / 3 * static_cast<double>(i), 1e-6);
}

// ONNX's own test of opset 10 says so: 2x4 by 0.6 gives the third element of four.
TEST(Resize, NearestOfOpset10IsTheNextElementWhereTheDataShrink) {
  const auto resized_10 = [](double scale) {
    OnnxModel model(10);
    model.weight("x", counting({4}))
        .weight("scale", array({1}, {scale}))
        .node("Resize", {"x", "scale"}, {"y"})
        .output("y");
    const Graph graph = optimize(model.import().graph);
    return to_array(*graph.tensor(graph.outputs()[0].tensor).constant).values;
  };
  EXPECT_EQ(resized_10(0.6), (std::vector<double>{1, 3}));
  EXPECT_EQ(resized_10(0.75), (std::vector<double>{1, 3, 4}));
  EXPECT_EQ(resized_10(1.5), (std::vector<double>{1, 1, 2, 3, 3, 4}));
}

TEST(Resize, TakesAttributesOfOpset18AtTheirDefaults) {
  const te::Array x = counting({2, 2});
  const auto y = resized(x, {{"antialias", std::int64_t{0}}, {"keep_aspect_ratio_policy", std::string("stretch")}},
                         array({2}, {1, 2}), {}, 18);
  EXPECT_EQ(y, (std::vector<double>{1, 1, 2, 2, 3, 3, 4, 4}));
}

TEST(Resize, AxesNameTheDimensionsThatScalesAndSizesAreFor) {
  const te::Array x = counting({2, 1, 2});
  const std::vector<OnnxModel::Attribute> axes{{"axes", Integers{-1, 1}}};
  const std::vector<double> expected{1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4, 3, 3, 4, 4};
  EXPECT_EQ(resized(x, axes, array({2}, {2, 3}), {}, 18), expected);
  EXPECT_EQ(resized(x, axes, array({0}, {}), {4, 3}, 18), expected);
}

TEST(Resize, KeepsTheAspectRatioWhereAskedTo) {
  const te::Array x = counting({2, 4});
  const auto size_of = [&](const std::string& policy, const Integers& sizes) {
    return std::ssize(resized(x, {{"keep_aspect_ratio_policy", policy}}, array({0}, {}), sizes, 18));
  };
  EXPECT_EQ(size_of("stretch", {7, 8}), 7 * 8);
  EXPECT_EQ(size_of("not_larger", {7, 8}), 4 * 8);
  EXPECT_EQ(size_of("not_smaller", {7, 8}), 7 * 14);
}

}  // namespace
}  // namespace tilewright::graph
