#include "ops/shape.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/integer.h"
#include "base/shape_text.h"
#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::Expr;
using te::Tensor;

Expr both(const Expr& a, const Expr& b) { return a ? a && b : b; }

}  // namespace

Tensor pad(const Tensor& x, const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after,
           const Expr& value, std::string name) {
  const std::size_t rank = x.shape().size();
  require(before.size() == rank && after.size() == rank, "pad: {} and {} counts for {}, expected {} each",
          before.size(), after.size(), shape_text(x.shape()), rank);
  require(value.type() == x.type(), "pad: value is {}, {} is {}, expected one type", to_text(value.type()), x->name,
          to_text(x.type()));
  Shape shape;
  for (std::size_t d = 0; d < rank; ++d) {
    require(before[d] >= 0 && after[d] >= 0, "pad: counts {} and {} of dimension {} must not be negative", before[d],
            after[d], d);
    shape.push_back(before[d] + x.shape()[d] + after[d]);
  }
  if (shape == x.shape()) return x;
  return te::compute(shape, std::move(name), [&](std::span<const Expr> at) {
    Expr inside;
    std::vector<Expr> source;
    for (std::size_t d = 0; d < rank; ++d) {
      source.push_back(at[d] - te::integer(before[d]));
      if (before[d] > 0) inside = both(inside, at[d] >= te::integer(before[d]));
      if (after[d] > 0) inside = both(inside, at[d] < te::integer(before[d] + x.shape()[d]));
    }
    return te::select(inside, x(std::move(source)), value);
  });
}

Tensor transpose(const Tensor& x, const std::vector<int>& order, std::string name) {
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t d = 0; d < std::max(sorted.size(), x.shape().size()); ++d)
    require(sorted.size() == x.shape().size() && sorted[d] == static_cast<int>(d),
            "transpose: order [{}] is not a permutation of the {} dimensions of {}", fmt::join(order, ", "), x.rank(),
            shape_text(x.shape()));
  Shape shape;
  for (int d : order) shape.push_back(x.dim(d));
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> source(order.size());
        for (std::size_t d = 0; d < order.size(); ++d) source[static_cast<std::size_t>(order[d])] = at[d];
        return x(std::move(source));
      },
      axis_names("ax", shape.size()));
}

Tensor expand(const Tensor& x, const std::vector<std::int64_t>& shape, std::string name) {
  const Shape result = broadcast_shape("expand", x.shape(), shape);
  require(result == shape, "expand: {} does not broadcast to {}", shape_text(x.shape()), shape_text(shape));
  return te::compute(
      shape, std::move(name), [&](std::span<const Expr> at) { return load_broadcast(x, shape, at); },
      axis_names("ax", shape.size()));
}

Tensor concat(const std::vector<Tensor>& tensors, int axis, std::string name) {
  require(!tensors.empty(), "concat: no tensors, expected at least 1");
  const auto dimension = static_cast<std::size_t>(normalize_axis("concat", axis, tensors[0].rank()));
  Shape shape = tensors[0].shape();
  std::vector<std::int64_t> ends;  // of each tensor along the dimension
  for (const Tensor& t : tensors) {
    Shape fitting = tensors[0].shape();
    if (t.rank() == tensors[0].rank()) fitting[dimension] = t.shape()[dimension];
    require(t.shape() == fitting, "concat: shapes {} and {} differ in a dimension other than {}",
            shape_text(tensors[0].shape()), shape_text(t.shape()), dimension);
    require_same_type("concat", tensors[0], t);
    ends.push_back((ends.empty() ? 0 : ends.back()) + t.shape()[dimension]);
  }
  shape[dimension] = ends.back();
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        Expr result;
        for (std::size_t i = tensors.size(); i-- > 0;) {
          std::vector<Expr> source(at.begin(), at.end());
          if (i > 0) source[dimension] = at[dimension] - te::integer(ends[i - 1]);
          const Expr element = tensors[i](std::move(source));
          result = result ? te::select(at[dimension] < te::integer(ends[i]), element, result) : element;
        }
        return result;
      },
      axis_names("ax", shape.size()));
}

Tensor slice(const Tensor& x, const std::vector<Slice>& slices, std::string name) {
  require(slices.size() == x.shape().size(), "slice: {} ranges for {}, expected {}", slices.size(),
          shape_text(x.shape()), x.shape().size());
  Shape shape;
  for (std::size_t d = 0; d < slices.size(); ++d) {
    const Slice& s = slices[d];
    const std::int64_t last = s.start + (s.count - 1) * s.step, extent = x.shape()[d];
    require(s.count >= 1 && s.step != 0, "slice: {} elements of step {} in dimension {}, expected at least 1 and not 0",
            s.count, s.step, d);
    require(0 <= std::min(s.start, last) && std::max(s.start, last) < extent,
            "slice: elements {} to {} of dimension {} are outside of 0..{}", s.start, last, d, extent - 1);
    shape.push_back(s.count);
  }
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> source;
        for (std::size_t d = 0; d < slices.size(); ++d)
          source.push_back(at[d] * te::integer(slices[d].step) + te::integer(slices[d].start));
        return x(std::move(source));
      },
      axis_names("ax", shape.size()));
}

}  // namespace tilewright::ops
