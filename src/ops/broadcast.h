#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "te/tensor.h"

namespace tilewright::ops {

using Shape = std::vector<std::int64_t>;

/// The shape that both broadcast to by NumPy's rule: aligned at the last dimension, equal or one of them 1.
/// Errors: bad_input, naming `op`, both shapes and the dimension.
Shape broadcast_shape(std::string_view op, const Shape& a, const Shape& b);

/// Loads `x` where a tensor of `shape` (which x broadcasts to) is at `at`: 0 along dimensions that are stretched.
te::Expr load_broadcast(const te::Tensor& x, const Shape& shape, std::span<const te::Expr> at);

/// `axis` counted from the front; negative ones count from the back. Errors: bad_input when outside of [-rank, rank).
int normalize_axis(std::string_view op, int axis, int rank);

/// prefix0, prefix1, …
std::vector<std::string> axis_names(std::string_view prefix, std::size_t count);

/// Errors: bad_input unless both have one type.
void require_same_type(std::string_view op, const te::Tensor& a, const te::Tensor& b);
/// Errors: bad_input unless `x` has `rank` dimensions; `layout` names them ("NHWC").
void require_rank(std::string_view op, std::string_view what, const te::Tensor& x, int rank, std::string_view layout);
/// Errors: bad_input unless `x` holds floats.
void require_float(std::string_view op, const te::Tensor& x);

}  // namespace tilewright::ops
