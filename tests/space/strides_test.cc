#include "space/strides.h"

#include <gtest/gtest.h>

#include "schedule/workloads.h"

namespace tilewright::space {
namespace {

using Strides = std::vector<std::optional<std::int64_t>>;

te::Tensor op_of(const te::DagRef& dag, std::string_view name) {
  for (const te::Tensor& tensor : dag->ops())
    if (tensor->name == name) return tensor;
  throw std::runtime_error("no such operation");
}

TEST(Strides, OfAStridedConvolution) {
  // pad_temp [1, 10, 10, 5] at (nn, 2 yy + ry, 2 xx + rx, rc), kernel [3, 3, 5, 6] at (ry, rx, rc, ff).
  const te::DagRef dag = workloads::conv2d_plain({8, 6, 5, 3, 2, 1});
  const std::vector<LoadStrides> loads = strides_of(*op_of(dag, "conv2d_nhwc"));
  ASSERT_EQ(loads.size(), 2U);
  EXPECT_EQ(loads[0].spatial, (Strides{500, 100, 10, 0}));
  EXPECT_EQ(loads[0].reduce, (Strides{50, 5, 1}));
  EXPECT_EQ(loads[1].spatial, (Strides{0, 0, 0, 1}));
  EXPECT_EQ(loads[1].reduce, (Strides{90, 30, 6}));
}

TEST(Strides, AreUnknownWhereTheIndexIsNotLinear) {
  const te::Tensor conv = op_of(workloads::group_conv2d_nchw(), "group_conv2d_nchw");
  EXPECT_EQ(strides_of(*conv)[0].spatial[1], std::nullopt);
  EXPECT_EQ(constant_run(*conv, *conv->axes[1]), 32);  // channels of a group
  EXPECT_EQ(constant_run(*conv, *conv->axes[2]), 0);
}

TEST(Strides, UnitStrideAxisSkipsAxesOfOneElement) {
  EXPECT_EQ(unit_stride_axis(*op_of(workloads::matmul(4, 4, 1), "C")), 0);
  EXPECT_EQ(unit_stride_axis(*op_of(workloads::matmul(4, 4, 4), "C")), 1);
  EXPECT_EQ(unit_stride_axis(*op_of(workloads::reduce_sum_all(4, 4), "x_red")), -1);
}

}  // namespace
}  // namespace tilewright::space
