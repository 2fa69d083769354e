#pragma once

#include "te/tensor.h"

namespace tilewright::ops {

// Operators that move data. All work on every element type; all throw bad_input with the expected and found shapes.

/// `x` with before[d] and after[d] elements of `value` added along dimension d; x itself when all are 0.
/// The body is a lazy select, so nothing outside of x is read. Errors: counts that do not fit the rank, negative ones.
te::Tensor pad(const te::Tensor& x, const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after,
               const te::Expr& value, std::string name = "T_pad");

/// Dimension d of the result is dimension order[d] of x.
te::Tensor transpose(const te::Tensor& x, const std::vector<int>& order, std::string name = "T_transpose");

/// The same elements in row-major order under another shape. Groups of dimensions that line up keep their own index;
/// elsewhere indices are quotients and remainders of the position within the group.
te::Tensor reshape(const te::Tensor& x, const std::vector<std::int64_t>& shape, std::string name = "T_reshape");
/// [d0, …] -> [product of dimensions before axis, product of the rest]; axis in [-rank, rank].
te::Tensor flatten(const te::Tensor& x, int axis = 1, std::string name = "T_flatten");
/// Removes dimensions of extent 1: those of `axes`, or all of them when empty.
te::Tensor squeeze(const te::Tensor& x, const std::vector<int>& axes, std::string name = "T_squeeze");
/// Adds dimensions of extent 1 at the positions `axes` of the result.
te::Tensor unsqueeze(const te::Tensor& x, const std::vector<int>& axes, std::string name = "T_unsqueeze");
/// NumPy broadcasting of x to `shape` (which may not be stretched itself).
te::Tensor expand(const te::Tensor& x, const std::vector<std::int64_t>& shape, std::string name = "T_broadcast_to");

/// The tensors one after the other along `axis`; all other dimensions equal.
te::Tensor concat(const std::vector<te::Tensor>& tensors, int axis, std::string name = "T_concat");

/// What to keep of one dimension: elements start, start + step, …, `count` of them. step may be negative, not 0.
struct Slice {
  std::int64_t start, count, step = 1;
};
/// One Slice a dimension.
te::Tensor slice(const te::Tensor& x, const std::vector<Slice>& slices, std::string name = "T_strided_slice");

}  // namespace tilewright::ops
