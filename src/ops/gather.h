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

/// Element i of the result is the element of `data` at the same place but along `axis`, where the element i of
/// `indices` says which: as those of `gather`.
///
/// Shapes   that of indices, which has as many dimensions as data and is no longer in those other than `axis`.
/// Errors   bad_input: an axis outside of the rank, indices that do not fit.
te::Tensor gather_elements(const te::Tensor& data, const te::Tensor& indices, int axis,
                           std::string name = "T_gather_elements");

}  // namespace tilewright::ops
