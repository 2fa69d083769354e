#pragma once

#include "te/tensor.h"

namespace tilewright::ops {

/// Combines the elements along `axes` (negative: from the back; none: all).
///
/// Shapes   x without the reduced dimensions, or with 1 in their place with `keep_dims`.
/// Stages   `name` with axes ax0, ax1, … and reductions k0, k1, ….
/// Errors   bad_input: an axis outside of the rank or named twice, bool elements.
te::Tensor reduce(te::Combiner combiner, const te::Tensor& x, const std::vector<int>& axes, bool keep_dims,
                  std::string name = "T_reduce");

/// Sum of the elements up to each along `axis` (negative: from the back), that one left out with `exclusive`; of those
/// from it on with `reverse`. What is not summed is not touched: an infinity does not spoil what comes before it.
///
/// Stages   `name` with axes ax0, ax1, … and the reduction k: the work is quadratic in the extent.
/// Errors   bad_input: an axis outside of the rank, bool elements.
te::Tensor cumulative_sum(const te::Tensor& x, int axis, bool exclusive, bool reverse, std::string name = "T_cumsum");

/// Mean along `axes`: stages "`name`_sum" and `name`, which divides. Errors: as reduce; a type that is not a float.
te::Tensor mean(const te::Tensor& x, const std::vector<int>& axes, bool keep_dims, std::string name = "T_mean");

}  // namespace tilewright::ops
