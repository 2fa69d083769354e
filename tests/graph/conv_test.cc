// Convolutions in all their forms, against loops written straight from the definition.

#include <gtest/gtest.h>

#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;

struct ConvCase {
  std::string name;
  Shape data, weights;  ///< NCHW, OIHW
  std::int64_t groups = 1;
  Integers strides{1, 1}, pads{0, 0, 0, 0}, dilations{1, 1};
};

te::Array convolve(const te::Array& x, const te::Array& w, const ConvCase& c) {
  const auto [n, ci, h, width] = std::tuple(c.data[0], c.data[1], c.data[2], c.data[3]);
  const std::int64_t co = c.weights[0], cg = c.weights[1], kh = c.weights[2], kw = c.weights[3];
  const std::int64_t oh = (h + c.pads[0] + c.pads[2] - (kh - 1) * c.dilations[0] - 1) / c.strides[0] + 1;
  const std::int64_t ow = (width + c.pads[1] + c.pads[3] - (kw - 1) * c.dilations[1] - 1) / c.strides[1] + 1;
  te::Array y{DType::f32, {n, co, oh, ow}, {}};
  for (std::int64_t b = 0; b < n; ++b)
    for (std::int64_t o = 0; o < co; ++o)
      for (std::int64_t row = 0; row < oh; ++row)
        for (std::int64_t column = 0; column < ow; ++column) {
          double sum = 0;
          for (std::int64_t i = 0; i < cg; ++i)
            for (std::int64_t ky = 0; ky < kh; ++ky)
              for (std::int64_t kx = 0; kx < kw; ++kx) {
                const std::int64_t yy = row * c.strides[0] - c.pads[0] + ky * c.dilations[0];
                const std::int64_t xx = column * c.strides[1] - c.pads[1] + kx * c.dilations[1];
                if (yy < 0 || yy >= h || xx < 0 || xx >= width) continue;
                const std::int64_t channel = o / (co / c.groups) * cg + i;
                sum += x.values[static_cast<std::size_t>(((b * ci + channel) * h + yy) * width + xx)] *
                       w.values[static_cast<std::size_t>(((o * cg + i) * kh + ky) * kw + kx)];
              }
          y.values.push_back(sum);
        }
  return y;
}

class Convolution : public testing::TestWithParam<ConvCase> {};

TEST_P(Convolution, AgreesWithItsDefinition) {
  const ConvCase& c = GetParam();
  const te::Array x = random_array(c.data, 1), w = random_array(c.weights, 2), bias = random_array({c.weights[0]}, 3);
  const Network network =
      OnnxModel(11)
          .input("x", c.data)
          .weight("w", w)
          .weight("b", bias)
          .node("Conv", {"x", "w", "b"}, {"y"},
                {{"group", c.groups}, {"strides", c.strides}, {"pads", c.pads}, {"dilations", c.dilations}})
          .output("y")
          .import();
  te::Array expected = convolve(x, w, c);
  const std::size_t plane = static_cast<std::size_t>(expected.shape[2] * expected.shape[3]);
  for (std::size_t i = 0; i < expected.values.size(); ++i)
    expected.values[i] += bias.values[i / plane % static_cast<std::size_t>(expected.shape[1])];
  expect_near(run_reference(partition(optimize(network.graph)), {{"x", x}}).at("y"), expected, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Convolution,
    testing::Values(ConvCase{"plain", {1, 3, 5, 6}, {4, 3, 3, 3}},
                    ConvCase{"padded", {2, 3, 5, 5}, {4, 3, 3, 3}, 1, {1, 1}, {1, 2, 0, 1}},
                    ConvCase{"strided", {1, 2, 7, 8}, {3, 2, 3, 2}, 1, {2, 3}, {1, 1, 1, 1}},
                    ConvCase{"dilated", {1, 2, 7, 7}, {3, 2, 3, 3}, 1, {1, 1}, {2, 2, 2, 2}, {2, 2}},
                    ConvCase{"one_by_one", {1, 5, 3, 3}, {7, 5, 1, 1}},
                    ConvCase{"grouped", {1, 6, 4, 4}, {4, 3, 3, 3}, 2, {1, 1}, {1, 1, 1, 1}},
                    ConvCase{"depthwise", {1, 5, 6, 6}, {5, 1, 3, 3}, 5, {2, 2}, {1, 1, 1, 1}},
                    ConvCase{"depthwise_twice", {1, 3, 4, 4}, {6, 1, 3, 3}, 3, {1, 1}, {1, 1, 1, 1}}),
    [](const auto& test) { return test.param.name; });

TEST(Convolution1d, IsOneRowOfTwoDimensions) {
  const te::Array x = counting({1, 1, 4}), w = array({1, 1, 2}, {10, 1});
  const Network network =
      OnnxModel(11)
          .input("x", x.shape)
          .weight("w", w)
          .node("Conv", {"x", "w"}, {"y"}, {{"kernel_shape", Integers{2}}, {"pads", Integers{1, 0}}})
          .output("y")
          .import();
  expect_near(run_reference(partition(optimize(network.graph)), {{"x", x}}).at("y"), array({1, 1, 4}, {1, 12, 23, 34}));
}

TEST(ConvolutionPadding, SameLowerPutsTheOddElementInFront) {
  const te::Array x = counting({1, 1, 1, 4}), w = array({1, 1, 1, 2}, {10, 1});
  for (const auto& [mode, expected] : {std::pair<std::string, std::vector<double>>{"SAME_LOWER", {1, 12, 23, 34}},
                                       std::pair<std::string, std::vector<double>>{"SAME_UPPER", {12, 23, 34, 40}}}) {
    const Network network = OnnxModel(11)
                                .input("x", x.shape)
                                .weight("w", w)
                                .node("Conv", {"x", "w"}, {"y"}, {{"auto_pad", mode}})
                                .output("y")
                                .import();
    expect_near(run_reference(partition(optimize(network.graph)), {{"x", x}}).at("y"), array({1, 1, 1, 4}, expected));
  }
}

TEST(ConvolutionWeights, MayBeComputedAtRunTime) {
  const ConvCase c{"", {1, 2, 4, 4}, {3, 2, 3, 3}};
  const te::Array x = random_array(c.data, 1), w = random_array(c.weights, 2);
  const Network network =
      OnnxModel(11).input("x", c.data).input("w", c.weights).node("Conv", {"x", "w"}, {"y"}).output("y").import();
  expect_near(run_reference(partition(optimize(network.graph)), {{"x", x}, {"w", w}}).at("y"), convolve(x, w, c), 1e-5);
}

}  // namespace
}  // namespace tilewright::graph
