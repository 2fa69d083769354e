#include "ops/window.h"

#include "ops/check.h"
#include "ops/shape.h"

namespace tilewright::ops {

void check_window(std::string_view op, const Window2d& w, std::int64_t height, std::int64_t width) {
  require(w.kernel_h >= 1 && w.kernel_w >= 1, "{}: kernel {}x{} must be at least 1x1", op, w.kernel_h, w.kernel_w);
  require(w.stride_h >= 1 && w.stride_w >= 1, "{}: stride {}x{} must be at least 1x1", op, w.stride_h, w.stride_w);
  require(w.dilation_h >= 1 && w.dilation_w >= 1, "{}: dilation {}x{} must be at least 1x1", op, w.dilation_h,
          w.dilation_w);
  const Padding2d& p = w.padding;
  require(p.top >= 0 && p.left >= 0 && p.bottom >= 0 && p.right >= 0,
          "{}: padding top {}, left {}, bottom {}, right {} must not be negative", op, p.top, p.left, p.bottom,
          p.right);
  const std::int64_t padded_h = height + p.top + p.bottom, padded_w = width + p.left + p.right;
  require(w.span_h() <= padded_h && w.span_w() <= padded_w,
          "{}: window of {}x{} does not fit the padded image of {}x{}", op, w.span_h(), w.span_w(), padded_h, padded_w);
}

te::Tensor pad_image(const te::Tensor& image, const Padding2d& p, const te::Expr& value) {
  return pad(image, {0, p.top, p.left, 0}, {0, p.bottom, p.right, 0}, value, "pad_temp");
}

}  // namespace tilewright::ops
