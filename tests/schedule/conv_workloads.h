#pragma once

#include <string>

#include "te/dag.h"

namespace tilewright::workloads {

/// `x` with one zero on each side of `count` axes from `first` on.
inline te::Tensor with_zero_border(const te::Tensor& x, const std::string& name, std::size_t first, std::size_t count) {
  std::vector<std::int64_t> shape = x.shape();
  for (std::size_t d = first; d < first + count; ++d) shape[d] += 2;
  return te::compute(shape, name, [&](std::span<const te::Expr> i) {
    std::vector<te::Expr> from(i.begin(), i.end());
    te::Expr inside;
    for (std::size_t d = first; d < first + count; ++d) {
      const te::Expr fits = i[d] >= te::Expr(1) && i[d] < te::integer(shape[d] - 1);
      inside = inside ? inside && fits : fits;
      from[d] = i[d] - te::Expr(1);
    }
    return te::select(inside, x(from), te::Expr(0.0F));
  });
}

/// 256 elements of 64 channels to 128 of 128, window 3, stride 2, pad 1.
inline te::DagRef conv1d_nlc() {
  const te::Tensor inputs = te::placeholder({1, 256, 64}, "inputs"), weight = te::placeholder({3, 64, 128}, "weight");
  const te::Tensor pad = with_zero_border(inputs, "PadInput", 1, 1);
  const te::AxisRef rl = te::reduce_axis(3, "rl"), rc = te::reduce_axis(64, "rc");
  const te::Tensor conv =
      te::compute({1, 128, 128}, "conv1d_nlc",
                  [&](std::span<const te::Expr> i) {
                    const te::Expr channel = te::floor_div(i[2], 128) * te::Expr(64) + rc;
                    return te::sum(pad(i[0], i[1] * te::Expr(2) + rl, channel) * weight(rl, rc, i[2]), {rl, rc});
                  },
                  {"n", "l", "co"});
  return te::Dag::make({inputs, weight, conv});
}

/// 56x56, 64 to 64 channels, 3x3, stride 1, pad 1.
inline te::DagRef conv2d_nchw_bias_relu() {
  const te::Tensor data = te::placeholder({1, 64, 56, 56}, "data"), kernel = te::placeholder({64, 64, 3, 3}, "kernel");
  const te::Tensor bias = te::placeholder({1, 64, 1, 1}, "bias");
  const te::Tensor pad = with_zero_border(data, "pad_temp", 2, 2);
  const te::AxisRef rc = te::reduce_axis(64, "rc"), ry = te::reduce_axis(3, "ry"), rx = te::reduce_axis(3, "rx");
  const te::Tensor conv =
      te::compute({1, 64, 56, 56}, "conv2d_nchw",
                  [&](std::span<const te::Expr> i) {
                    return te::sum(pad(i[0], rc, i[2] + ry, i[3] + rx) * kernel(i[1], rc, ry, rx), {rc, ry, rx});
                  },
                  {"nn", "ff", "yy", "xx"});
  const te::Tensor add =
      te::compute(conv.shape(), "T_add",
                  [&](std::span<const te::Expr> i) { return conv(i[0], i[1], i[2], i[3]) + bias(i[0], i[1], 0, 0); },
                  {"ax0", "ax1", "ax2", "ax3"});
  const te::Tensor relu = te::compute(add.shape(), "compute", [&](std::span<const te::Expr> i) {
    return te::max(add(i[0], i[1], i[2], i[3]), te::Expr(0.0F));
  });
  return te::Dag::make({data, kernel, bias, relu});
}

/// 112x112, 32 channels, 3x3, stride 1, pad 1.
inline te::DagRef depthwise_conv2d_nchw() {
  const te::Tensor data = te::placeholder({1, 32, 112, 112}, "data"), kernel = te::placeholder({32, 1, 3, 3}, "kernel");
  const te::Tensor pad = with_zero_border(data, "PaddedInput", 2, 2);
  const te::AxisRef di = te::reduce_axis(3, "di"), dj = te::reduce_axis(3, "dj");
  const te::Tensor conv =
      te::compute({1, 32, 112, 112}, "DepthwiseConv2d",
                  [&](std::span<const te::Expr> i) {
                    return te::sum(pad(i[0], i[1], i[2] + di, i[3] + dj) * kernel(i[1], 0, di, dj), {di, dj});
                  },
                  {"b", "c", "i", "j"});
  return te::Dag::make({data, kernel, conv});
}

/// 14x14, 256 to 256 channels, 3x3, stride 1, pad 1, dilation 2.
inline te::DagRef dilated_conv2d_nhwc() {
  const te::Tensor inputs = te::placeholder({1, 14, 14, 256}, "inputs"),
                   weight = te::placeholder({3, 3, 256, 256}, "weight");
  const te::Tensor pad = with_zero_border(inputs, "PadInput", 1, 2);
  const te::AxisRef rh = te::reduce_axis(3, "rh"), rw = te::reduce_axis(3, "rw"), rc = te::reduce_axis(256, "rc");
  const te::Tensor conv =
      te::compute({1, 12, 12, 256}, "conv2d_nhwc",
                  [&](std::span<const te::Expr> i) {
                    const te::Expr channel = te::floor_div(i[3], 256) * te::Expr(256) + rc;
                    const te::Expr y = i[1] + te::Expr(rh) * te::Expr(2), x = i[2] + te::Expr(rw) * te::Expr(2);
                    return te::sum(pad(i[0], y, x, channel) * weight(rh, rw, rc, i[3]), {rh, rw, rc});
                  },
                  {"n", "h", "w", "co"});
  return te::Dag::make({inputs, weight, conv});
}

/// The mean of each channel of 7x7 elements, 512 channels at axis `channel`, 1 or 3.
inline te::DagRef global_avg_pool(std::size_t channel) {
  const std::size_t y = channel == 3 ? 1 : 2;
  using Shape = std::vector<std::int64_t>;
  const te::Tensor in = te::placeholder(channel == 3 ? Shape{1, 7, 7, 512} : Shape{1, 512, 7, 7}, "x");
  const Shape shape = channel == 3 ? Shape{1, 1, 1, 512} : Shape{1, 512, 1, 1};
  const std::vector<std::string> axes{"ax0", "ax1", "ax2", "ax3"};
  const te::AxisRef rv0 = te::reduce_axis(7, "rv0"), rv1 = te::reduce_axis(7, "rv1");
  const te::Tensor sum = te::compute(
      shape, "adaptive_pool_sum",
      [&](std::span<const te::Expr> i) {
        std::vector<te::Expr> from(i.begin(), i.end());
        from[y] = i[y] * te::Expr(7) + rv0, from[y + 1] = i[y + 1] * te::Expr(7) + rv1;
        return te::sum(in(from), {rv0, rv1});
      },
      axes);
  const te::Tensor mean = te::compute(
      shape, "adaptive_pool_avg",
      [&](std::span<const te::Expr> i) { return sum(i[0], i[1], i[2], i[3]) / te::Expr(49.0F); }, axes);
  return te::Dag::make({in, mean});
}

}  // namespace tilewright::workloads
