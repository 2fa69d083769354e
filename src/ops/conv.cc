#include "ops/conv.h"

#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::AxisRef;
using te::Expr;
using te::Tensor;

Window2d window_of(const Tensor& weights, const Conv2dParams& params) {
  return Window2d{.kernel_h = weights.dim(0),
                  .kernel_w = weights.dim(1),
                  .stride_h = params.stride_h,
                  .stride_w = params.stride_w,
                  .dilation_h = params.dilation_h,
                  .dilation_w = params.dilation_w,
                  .padding = params.padding};
}

/// Checks what both convolutions share and gives the window.
Window2d check_operands(std::string_view op, const Tensor& data, const Tensor& weights, const Conv2dParams& params,
                        std::string_view weights_layout) {
  require_rank(op, "data", data, 4, "NHWC");
  require_rank(op, "weights", weights, 4, weights_layout);
  require_same_type(op, data, weights);
  require_float(op, data);
  const Window2d window = window_of(weights, params);
  check_window(op, window, data.dim(1), data.dim(2));
  return window;
}

/// Weights are constants of the network, so their layout is free to choose.
std::map<std::string, std::string> layout_free(const Tensor& weights) {
  if (!weights->is_placeholder()) return {};
  return {{"layout_free_placeholders", weights->name}};
}

}  // namespace

Tensor conv2d(const Tensor& data, const Tensor& weights, const Conv2dParams& params, std::string name) {
  const Window2d window = check_operands("conv2d", data, weights, params, "HWIO");
  const std::int64_t ci = data.dim(3), co = weights.dim(3), groups = params.groups;
  require(groups >= 1 && ci % groups == 0 && co % groups == 0,
          "conv2d: {} groups do not divide {} input and {} output channels", groups, ci, co);
  require(weights.dim(2) == ci / groups, "conv2d: weights take {} input channels, expected {} ({} in {} groups)",
          weights.dim(2), ci / groups, ci, groups);

  const Phases2d& phases = params.phases;
  require(phases.count() == 1 || (groups == 1 && params.stride_h == 1 && params.stride_w == 1),
          "conv2d: phases need one group and strides of 1, found {} groups and {}x{}", groups, params.stride_h,
          params.stride_w);
  require(phases.h >= 1 && phases.w >= 1 && co % phases.count() == 0 && phases.begin_h >= 0 &&
              phases.begin_h < phases.h && phases.begin_w >= 0 && phases.begin_w < phases.w,
          "conv2d: {}x{} phases from {}, {} do not fit {} output channels", phases.h, phases.w, phases.begin_h,
          phases.begin_w, co);
  const std::int64_t oh = window.out_h(data.dim(1)) - phases.last_h(), ow = window.out_w(data.dim(2)) - phases.last_w();
  require(oh >= 1 && ow >= 1, "conv2d: an image of {}x{} has no window in every phase", data.dim(1), data.dim(2));
  const std::int64_t filters = co / phases.count(), row_of_blocks = filters * phases.w;

  const Tensor image = pad_image(data, params.padding, te::constant(data.type(), 0));
  const AxisRef ry = te::reduce_axis(window.kernel_h, "ry"), rx = te::reduce_axis(window.kernel_w, "rx");
  const AxisRef rc = te::reduce_axis(ci / groups, "rc");
  return te::compute(
      {data.dim(0), oh, ow, co}, std::move(name),
      [&](std::span<const Expr> at) {
        Expr row = at[1] * params.stride_h + Expr(ry) * params.dilation_h;
        Expr column = at[2] * params.stride_w + Expr(rx) * params.dilation_w;
        // Divisors are lengths of runs of channels (space::constant_run).
        if (phases.last_h() > 0)
          row = row + te::floor_div(at[3] + phases.begin_h * row_of_blocks, phases.h * row_of_blocks);
        if (phases.last_w() > 0)
          column =
              column + te::floor_div(te::floor_mod(at[3], row_of_blocks) + phases.begin_w * filters, row_of_blocks);
        const Expr channel = groups == 1 ? Expr(rc) : te::floor_div(at[3], co / groups) * (ci / groups) + rc;
        return te::sum(image(at[0], row, column, channel) * weights(ry, rx, rc, at[3]), {ry, rx, rc});
      },
      {"nn", "yy", "xx", "ff"}, layout_free(weights));
}

Tensor depthwise_conv2d(const Tensor& data, const Tensor& weights, const Conv2dParams& params, std::string name) {
  const Window2d window =
      check_operands("depthwise_conv2d", data, weights, params, "height, width, channel, multiplier");
  require(weights.dim(2) == data.dim(3), "depthwise_conv2d: weights are for {} channels, data has {}", weights.dim(2),
          data.dim(3));

  const std::int64_t multiplier = weights.dim(3);
  const Tensor image = pad_image(data, params.padding, te::constant(data.type(), 0));
  const AxisRef di = te::reduce_axis(window.kernel_h, "di"), dj = te::reduce_axis(window.kernel_w, "dj");
  return te::compute(
      {data.dim(0), window.out_h(data.dim(1)), window.out_w(data.dim(2)), data.dim(3) * multiplier}, std::move(name),
      [&](std::span<const Expr> at) {
        const Expr row = at[1] * params.stride_h + Expr(di) * params.dilation_h;
        const Expr column = at[2] * params.stride_w + Expr(dj) * params.dilation_w;
        const Expr channel = te::floor_div(at[3], multiplier);
        return te::sum(image(at[0], row, column, channel) * weights(di, dj, channel, te::floor_mod(at[3], multiplier)),
                       {di, dj});
      },
      {"b", "i", "j", "c"});
}

}  // namespace tilewright::ops
