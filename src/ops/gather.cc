#include "ops/gather.h"

#include "base/shape_text.h"
#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {

using te::Expr;
using te::Tensor;

namespace {

void require_indices(std::string_view op, const Tensor& indices) {
  require(indices.type() == DType::i32 || indices.type() == DType::i64,
          "{}: the indices {} are {}, expected i32 or i64", op, indices->name, to_text(indices.type()));
}

/// The index as a position in [0, extent).
Expr position_of(const Expr& given, std::int64_t extent) {
  const auto number = [&](std::int64_t value) { return te::integer(value, given.type()); };
  const Expr wrapped = given + te::cast(given.type(), given < number(0)) * number(extent);
  return te::cast(DType::i32, te::min(te::max(wrapped, number(0)), number(extent - 1)));
}

}  // namespace

Tensor gather(const Tensor& data, const Tensor& indices, int axis, std::string name) {
  require_indices("gather", indices);
  const int d = normalize_axis("gather", axis, data.rank());
  const std::int64_t extent = data.dim(d);
  const auto before = static_cast<std::ptrdiff_t>(d), own = static_cast<std::ptrdiff_t>(indices.rank());
  Shape shape(data.shape().begin(), data.shape().begin() + before);
  shape.insert(shape.end(), indices.shape().begin(), indices.shape().end());
  shape.insert(shape.end(), data.shape().begin() + before + 1, data.shape().end());
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        const Expr given = indices(std::vector<Expr>(at.begin() + before, at.begin() + before + own));
        std::vector<Expr> source(at.begin(), at.begin() + before);
        source.push_back(position_of(given, extent));
        source.insert(source.end(), at.begin() + before + own, at.end());
        return data(std::move(source));
      },
      axis_names("ax", shape.size()));
}

Tensor gather_elements(const Tensor& data, const Tensor& indices, int axis, std::string name) {
  require_indices("gather_elements", indices);
  const auto d = static_cast<std::size_t>(normalize_axis("gather_elements", axis, data.rank()));
  require(indices.rank() == data.rank(), "gather_elements: data and indices have shapes {} and {}",
          shape_text(data.shape()), shape_text(indices.shape()));
  for (std::size_t i = 0; i < data.shape().size(); ++i)
    require(i == d || indices.shape()[i] <= data.shape()[i],
            "gather_elements: indices of shape {} for data of shape {}", shape_text(indices.shape()),
            shape_text(data.shape()));
  return te::compute(
      indices.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> source(at.begin(), at.end());
        source[d] = position_of(indices(source), data.shape()[d]);
        return data(std::move(source));
      },
      axis_names("ax", indices.shape().size()));
}

}  // namespace tilewright::ops
