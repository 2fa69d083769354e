#pragma once

#include "ops/window.h"

namespace tilewright::ops {

/// Output channels in `h` x `w` equal blocks, one per phase of a transposed convolution: the windows of block (ph, pw)
/// lie (ph + begin_h) / h rows and (pw + begin_w) / w columns further on. 0 <= begin < count.
struct Phases2d {
  std::int64_t h = 1, w = 1, begin_h = 0, begin_w = 0;
  std::int64_t count() const { return h * w; }
  /// Rows and columns by which the last block lies further on: 0 or 1.
  std::int64_t last_h() const { return (h - 1 + begin_h) / h; }
  std::int64_t last_w() const { return (w - 1 + begin_w) / w; }
};

struct Conv2dParams {
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  Padding2d padding;
  std::int64_t groups = 1;
  Phases2d phases;  ///< with one group and strides of 1 only
};

/// Two-dimensional convolution (cross-correlation, as networks use it).
///
/// Shapes   data [n, h, w, ci], weights [kh, kw, ci / groups, co] -> [n, oh, ow, co];
///          oh = (h + top + bottom - (kh - 1) * dilation_h - 1) / stride_h + 1 - phases.last_h(), ow likewise.
///          Output channel c reads the input channels of group c / (co / groups).
/// Stages   "pad_temp" when any padding is non-zero, then `name` with axes nn, yy, xx, ff and reductions ry, rx, rc.
/// Errors   bad_input: ranks, types, channels that do not fit the groups or phases, a window that does not fit the
/// image.
te::Tensor conv2d(const te::Tensor& data, const te::Tensor& weights, const Conv2dParams& params = {},
                  std::string name = "conv2d_nhwc");

/// Convolution of each channel on its own.
///
/// Shapes   data [n, h, w, c], weights [kh, kw, c, multiplier] -> [n, oh, ow, c * multiplier]; output channel
///          c * multiplier + m is input channel c under weights [.., .., c, m]. `params.groups` is not looked at.
/// Stages   "pad_temp" when any padding is non-zero, then `name` with axes b, i, j, c and reductions di, dj.
/// Errors   bad_input as conv2d.
te::Tensor depthwise_conv2d(const te::Tensor& data, const te::Tensor& weights, const Conv2dParams& params = {},
                            std::string name = "DepthwiseConv2d");

}  // namespace tilewright::ops
