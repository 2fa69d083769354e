#pragma once

#include <cstdint>
#include <string_view>

#include "te/tensor.h"

namespace tilewright::ops {

/// Elements added around the two spatial dimensions of an image.
struct Padding2d {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
};

/// How a window of kernel_h x kernel_w taps, `dilation` apart, moves over an image.
struct Window2d {
  std::int64_t kernel_h = 1, kernel_w = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  Padding2d padding;

  std::int64_t span_h() const { return (kernel_h - 1) * dilation_h + 1; }  ///< rows from first to last tap
  std::int64_t span_w() const { return (kernel_w - 1) * dilation_w + 1; }
  /// Positions of the window over `height` rows (not counting padding).
  std::int64_t out_h(std::int64_t height) const {
    return (height + padding.top + padding.bottom - span_h()) / stride_h + 1;
  }
  std::int64_t out_w(std::int64_t width) const {
    return (width + padding.left + padding.right - span_w()) / stride_w + 1;
  }
};

/// Errors: bad_input, naming `op`: a stride, dilation or kernel below 1, a negative padding, or a window larger than
/// the padded image of height x width.
void check_window(std::string_view op, const Window2d& window, std::int64_t height, std::int64_t width);

/// `image` (NHWC) with `padding` around height and width filled with `value`, as the stage "pad_temp"; the image
/// itself when there is nothing to add.
te::Tensor pad_image(const te::Tensor& image, const Padding2d& padding, const te::Expr& value);

}  // namespace tilewright::ops
