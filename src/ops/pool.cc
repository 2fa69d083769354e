#include "ops/pool.h"

#include "ops/broadcast.h"
#include "ops/check.h"
#include "ops/reduce.h"

namespace tilewright::ops {
namespace {

using te::AxisRef;
using te::Combiner;
using te::Expr;
using te::Tensor;

/// The window with the overhang counted as padding, checked.
Window2d check_pool(std::string_view op, const Tensor& x, const Window2d& window, const Overhang& overhang) {
  require_rank(op, "data", x, 4, "NHWC");
  require(overhang.bottom >= 0 && overhang.right >= 0, "{}: overhang bottom {}, right {} must not be negative", op,
          overhang.bottom, overhang.right);
  Window2d whole = window;
  whole.padding.bottom += overhang.bottom;
  whole.padding.right += overhang.right;
  check_window(op, whole, x.dim(1), x.dim(2));
  const Padding2d& p = whole.padding;
  require(p.top < whole.span_h() && p.bottom < whole.span_h() && p.left < whole.span_w() && p.right < whole.span_w(),
          "{}: padding top {}, left {}, bottom {}, right {} must be smaller than the window of {}x{}", op, p.top,
          p.left, p.bottom, p.right, whole.span_h(), whole.span_w());
  return whole;
}

Tensor reduce_windows(const Tensor& x, const Window2d& window, Combiner combiner, std::string name) {
  const Expr filler = te::identity(combiner, x.type());
  const Tensor image = pad_image(x, window.padding, filler);
  const AxisRef rv0 = te::reduce_axis(window.kernel_h, "rv0"), rv1 = te::reduce_axis(window.kernel_w, "rv1");
  return te::compute(
      {x.dim(0), window.out_h(x.dim(1)), window.out_w(x.dim(2)), x.dim(3)}, std::move(name),
      [&](std::span<const Expr> at) {
        const Expr row = at[1] * window.stride_h + Expr(rv0) * window.dilation_h;
        const Expr column = at[2] * window.stride_w + Expr(rv1) * window.dilation_w;
        return te::reduce(combiner, image(at[0], row, column, at[3]), {rv0, rv1});
      },
      axis_names("ax", 4));
}

/// One direction of an averaging window and the stretch of rows (or columns) that counts.
struct Counted {
  std::int64_t kernel, stride, dilation, padding_before;
  std::int64_t first, end;  ///< counted positions, 0 being the first row of the image
  std::int64_t outputs;
};

/// How many taps of the window at `position` count; a constant when that is the same everywhere.
Expr taps(const Counted& c, const Expr& position) {
  const std::int64_t last_start = (c.outputs - 1) * c.stride - c.padding_before;
  const std::int64_t span = (c.kernel - 1) * c.dilation + 1;
  if (-c.padding_before >= c.first && last_start + span <= c.end) return te::integer(c.kernel);
  const Expr start = position * c.stride - te::integer(c.padding_before);
  if (c.dilation == 1)
    return te::min(start + te::integer(c.kernel), te::integer(c.end)) - te::max(start, te::integer(c.first));
  const auto taps_before = [&](std::int64_t row) {
    const Expr all = te::floor_div(te::integer(row + c.dilation - 1) - start, te::integer(c.dilation));
    return te::min(te::max(all, te::integer(0)), te::integer(c.kernel));
  };
  return taps_before(c.end) - taps_before(c.first);
}

}  // namespace

Tensor max_pool2d(const Tensor& x, const Window2d& window, const Overhang& overhang, std::string name) {
  return reduce_windows(x, check_pool("max_pool2d", x, window, overhang), Combiner::max, std::move(name));
}

Tensor avg_pool2d(const Tensor& x, const Window2d& window, bool count_include_pad, const Overhang& overhang,
                  std::string name) {
  const Window2d whole = check_pool("avg_pool2d", x, window, overhang);
  require_float("avg_pool2d", x);
  const Padding2d counted = count_include_pad ? window.padding : Padding2d{};
  const Tensor sum = reduce_windows(x, whole, Combiner::sum, "pool_sum");
  const Counted rows{.kernel = window.kernel_h,
                     .stride = window.stride_h,
                     .dilation = window.dilation_h,
                     .padding_before = window.padding.top,
                     .first = -counted.top,
                     .end = x.dim(1) + counted.bottom,
                     .outputs = sum.dim(1)};
  const Counted columns{.kernel = window.kernel_w,
                        .stride = window.stride_w,
                        .dilation = window.dilation_w,
                        .padding_before = window.padding.left,
                        .first = -counted.left,
                        .end = x.dim(2) + counted.right,
                        .outputs = sum.dim(2)};
  const bool may_miss = window.dilation_h > 1 || window.dilation_w > 1;  // all of an image smaller than a step
  return te::compute(
      sum.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        const Expr hit = taps(rows, at[1]) * taps(columns, at[2]);
        const Expr count = te::cast(x.type(), may_miss ? te::max(hit, te::integer(1)) : hit);
        return sum(at[0], at[1], at[2], at[3]) / count;
      },
      axis_names("ax", 4));
}

Tensor global_max_pool2d(const Tensor& x, std::string name) {
  require_rank("global_max_pool2d", "data", x, 4, "NHWC");
  return reduce(Combiner::max, x, {1, 2}, /*keep_dims=*/true, std::move(name));
}

Tensor global_avg_pool2d(const Tensor& x, std::string name) {
  require_rank("global_avg_pool2d", "data", x, 4, "NHWC");
  return mean(x, {1, 2}, /*keep_dims=*/true, std::move(name));
}

}  // namespace tilewright::ops
