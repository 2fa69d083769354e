#pragma once

#include "graph/op.h"
#include "runtime/tensor.h"

namespace tilewright::graph {

/// Elements of a tensor's memory in some order: `base`, plus index times stride per dimension (in elements).
struct Strided {
  std::int64_t base = 0;
  Shape strides;
};

/// All elements of a tensor of this shape, row-major.
Strided dense(const Shape& shape);
/// `shape` repeated along the dimensions in which `target` is larger, aligned at the last one.
Strided broadcast_to(const Shape& shape, const Shape& target);

/// Calls f(a, b) with the positions that `a` and `b` give each index of `shape`, in row-major order.
template <class F>
void for_each_pair(const Shape& shape, const Strided& a, const Strided& b, const F& f) {
  std::int64_t elements = 1, at_a = a.base, at_b = b.base;
  for (const std::int64_t extent : shape) elements *= extent;
  Shape index(shape.size(), 0);
  for (std::int64_t i = 0; i < elements; ++i) {
    f(at_a, at_b);
    for (std::size_t d = shape.size(); d-- > 0;) {
      at_a += a.strides[d];
      at_b += b.strides[d];
      if (++index[d] < shape[d]) break;
      at_a -= a.strides[d] * shape[d];
      at_b -= b.strides[d] * shape[d];
      index[d] = 0;
    }
  }
}

/// Copies one element per index of `shape` from `from` in `in` to `to` in `out`, which has the same type.
void copy(const Shape& shape, const runtime::Tensor& in, const Strided& from, runtime::Tensor& out, const Strided& to);

}  // namespace tilewright::graph
