#pragma once

#include <array>

#include "te/tensor.h"

namespace tilewright::ops {

/// Depth, height and width, in this order.
struct Conv3dParams {
  std::array<std::int64_t, 3> stride{1, 1, 1}, dilation{1, 1, 1};
  std::array<std::int64_t, 3> pad_begin{0, 0, 0}, pad_end{0, 0, 0};
};

/// Three-dimensional convolution (cross-correlation).
///
/// Shapes   data [n, d, h, w, ci], weights [kd, kh, kw, ci, co] -> [n, od, oh, ow, co];
///          od = (d + pad_begin + pad_end - (kd - 1) * dilation - 1) / stride + 1, oh and ow likewise.
/// Stages   "pad_temp" when any padding is non-zero, then `name` with axes nn, zz, yy, xx, cc and reductions rz, ry,
/// rx, rc. Errors   bad_input: ranks, types, channels that differ, a window that does not fit the volume.
te::Tensor conv3d(const te::Tensor& data, const te::Tensor& weights, const Conv3dParams& params = {},
                  std::string name = "conv3d_ndhwc");

}  // namespace tilewright::ops
