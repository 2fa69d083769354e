// GridSample, RoiAlign and CenterCropPad beside ONNX's own cases.

#include <gtest/gtest.h>

#include "node_runs.h"

namespace tilewright::graph {
namespace {

using Attributes = std::vector<OnnxModel::Attribute>;
using Reals = std::vector<Real>;

runtime::Tensor floats(const Shape& shape, const Reals& values) { return real_tensor(DType::f32, shape, values); }

void expect_values(const OneNode& node, const std::vector<runtime::Tensor>& inputs, const Shape& shape,
                   const Reals& expected, std::size_t computed) {
  const std::vector<runtime::Tensor> given(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(computed));
  for (const NodeRun& run : NodeRuns(node, inputs, computed).run(given)) {
    EXPECT_EQ(run.output.shape(), shape) << node.op << " " << run.how;
    const Reals found = exact_elements(run.output);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5) << i << " " << run.how;
  }
}

/// A row of four pixels, 1 2 4 8, at these columns.
void expect_row(const Attributes& attributes, int opset, const Reals& columns, const Reals& expected) {
  Reals grid;
  for (const Real column : columns) grid.insert(grid.end(), {column, 0});
  const auto n = static_cast<std::int64_t>(columns.size());
  expect_values({"GridSample", opset, attributes}, {floats({1, 1, 1, 4}, {1, 2, 4, 8}), floats({1, 1, n, 2}, grid)},
                {1, 1, 1, n}, expected, 2);
}

TEST(Sampling, GridSampleBetweenBeyondAndFarBeyondTheBorder) {
  const auto mode = [](const std::string& name, const std::string& padding, std::int64_t aligned = 0) {
    return Attributes{{"mode", name}, {"padding_mode", padding}, {"align_corners", aligned}};
  };
  // Columns 0, 1.5, 3, 3.5, 4, 6 and -20 of the image.
  const Reals at{-0.75, 0, 0.75, 1, 1.25, 2.25, -10.75};
  expect_row(mode("bilinear", "zeros"), 16, at, {1, 3, 8, 4, 0, 0, 0});
  expect_row(mode("linear", "border"), 20, at, {1, 3, 8, 8, 8, 8, 1});
  expect_row(mode("linear", "reflection"), 20, at, {1, 3, 8, 8, 8, 2, 8});
  expect_row(mode("nearest", "zeros"), 16, {-0.75, 0.1, 0.75, 1.25}, {1, 4, 8, 0});
  expect_row(mode("linear", "zeros", 1), 20, {-1, 0, 1, 5.0 / 3}, {1, 3, 8, 0});
  expect_row(mode("nearest", "reflection", 1), 16, {-1, 1, 5.0 / 3, -3}, {1, 8, 4, 8});
  expect_row(mode("cubic", "border"), 20, {-0.75, 0.75, 2.25}, {1, 8, 8});
}

TEST(Sampling, GridSampleOfOnePixelReflects) {
  const Attributes attributes{{"padding_mode", std::string("reflection")}, {"align_corners", std::int64_t{1}}};
  expect_values({"GridSample", 16, attributes}, {floats({1, 2, 1, 1}, {3, 5}), floats({1, 1, 2, 2}, {0, 0, 7, -9})},
                {1, 2, 1, 2}, {3, 3, 5, 5}, 2);
}

TEST(Sampling, RoiAlignOfWholeAndMalformedRegions) {
  const std::vector<runtime::Tensor> inputs{floats({2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}),
                                            floats({2, 4}, {0, 0, 2, 2, 1, 1, 1, 1}),
                                            real_tensor(DType::i64, {2}, {1, 0})};
  const auto with = [](const std::string& transformation) {
    return OneNode{"RoiAlign",
                   16,
                   {{"output_height", std::int64_t{2}},
                    {"output_width", std::int64_t{2}},
                    {"sampling_ratio", std::int64_t{1}},
                    {"coordinate_transformation_mode", transformation}}};
  };
  expect_values(with("half_pixel"), inputs, {2, 1, 2, 2}, {5, 6, 7, 8, 2.5, 2.5, 2.5, 2.5}, 3);
  // A region without extent is taken for one of one pixel.
  expect_values(with("output_half_pixel"), inputs, {2, 1, 2, 2}, {6.5, 7, 7.5, 8, 4, 4, 4, 4}, 3);
}

TEST(Sampling, CenterCropPadCutsAndPadsTheOddOneAtTheEnd) {
  const runtime::Tensor x = floats({2, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
                        sizes = real_tensor(DType::i64, {2}, {3, 2});
  expect_values({"CenterCropPad", 18}, {x, sizes}, {3, 2}, {2, 3, 7, 8, 0, 0}, 1);
  const OneNode last{"CenterCropPad", 18, {{"axes", OnnxModel::Integers{-1}}}};
  expect_values(last, {x, real_tensor(DType::i64, {1}, {8})}, {2, 8}, {0, 1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9, 10, 0, 0},
                1);
}

TEST(Sampling, PadsThatCutAndThatWrap) {
  const runtime::Tensor x = floats({1, 4}, {1, 2, 3, 4});
  const auto pads = [](Reals amounts) { return real_tensor(DType::i64, {4}, amounts); };
  expect_values({"Pad", 19, {{"mode", std::string("wrap")}}}, {x, pads({0, 2, 0, 3})}, {1, 9},
                {3, 4, 1, 2, 3, 4, 1, 2, 3}, 1);
  expect_values({"Pad", 13}, {x, pads({1, -1, 0, 2})}, {2, 5}, {0, 0, 0, 0, 0, 2, 3, 4, 0, 0}, 1);
  expect_values({"Pad", 13, {{"mode", std::string("reflect")}}}, {x, pads({0, 1, 0, -2})}, {1, 3}, {2, 1, 2}, 1);
}

TEST(Sampling, RefusesWhatDependsOnTheData) {
  const std::vector<runtime::Tensor> inputs{floats({1, 1, 2, 2}, {1, 2, 3, 4}), floats({1, 4}, {0, 0, 2, 2}),
                                            real_tensor(DType::i64, {1}, {0})};
  try {
    const NodeRuns runs({"RoiAlign", 16}, inputs, 3);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("sampling_ratio is 0"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tilewright::graph
