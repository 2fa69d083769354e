#pragma once

#include "te/tensor.h"

namespace tilewright::ops {

/// The slices of `data` along dimension `axis` that `indices` name; negative indices count from the back, and those
/// outside of the dimension are clamped to it, so that nothing outside of the data is read.
///
/// Shapes   data [d0, …], indices [i0, …] (integers) -> the dimensions of data with `axis` replaced by all of indices'.
/// Stages   `name` with axes ax0, ax1, ….
/// Errors   bad_input: an axis outside of the rank, indices that are no integers of 32 or 64 bits.
te::Tensor gather(const te::Tensor& data, const te::Tensor& indices, int axis, std::string name = "T_take");

}  // namespace tilewright::ops
