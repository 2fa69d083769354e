#pragma once

#include "ops/window.h"

namespace tilewright::ops {

struct WinogradParams {
  std::int64_t tile = 4;  ///< results on a side that one tile gives: 2 or 4
  Padding2d padding;
};

/// Two-dimensional convolution of 3 x 3 taps, stride 1, by Winograd's F(tile x tile, 3 x 3) with weights that were
/// transformed before (winograd_transforms.h).
///
/// Shapes   data [n, h, w, ci], weights [tile + 2, tile + 2, ci, co] -> [n, oh, ow, co], oh = h + top + bottom - 2 and
///          ow likewise; where they are no multiples of `tile`, the last tiles compute results that nobody reads.
/// Stages   "pad_temp" if anything is added around the image, "winograd_columns" and "winograd_data" [tile + 2,
///          tile + 2, tiles, ci]: the transform along columns, then rows; "winograd_product" [tile + 2, tile + 2,
///          tiles, co]; "winograd_back" [tile, tile + 2, tiles, co] and `name`: the transform back along columns, then
///          rows. Those that transform carry the attribute "transform_tile": "axis:length,…", the axes along which so
///          many elements make a tile.
/// Errors   bad_input: ranks, types, channels that do not fit, weights of another tile, a window that does not fit the
///          image, more tiles than 2^31 - 1.
te::Tensor winograd_conv2d(const te::Tensor& data, const te::Tensor& weights, const WinogradParams& params,
                           std::string name = "conv2d_winograd");

}  // namespace tilewright::ops
