#include "ops/gather.h"

#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {

using te::Expr;
using te::Tensor;

Tensor gather(const Tensor& data, const Tensor& indices, int axis, std::string name) {
  require(indices.type() == DType::i32 || indices.type() == DType::i64,
          "gather: the indices {} are {}, expected i32 or i64", indices->name, to_text(indices.type()));
  const int d = normalize_axis("gather", axis, data.rank());
  const std::int64_t extent = data.dim(d);
  const auto before = static_cast<std::ptrdiff_t>(d), own = static_cast<std::ptrdiff_t>(indices.rank());
  Shape shape(data.shape().begin(), data.shape().begin() + before);
  shape.insert(shape.end(), indices.shape().begin(), indices.shape().end());
  shape.insert(shape.end(), data.shape().begin() + before + 1, data.shape().end());
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        const auto number = [&](std::int64_t value) { return te::integer(value, indices.type()); };
        const Expr given = indices(std::vector<Expr>(at.begin() + before, at.begin() + before + own));
        const Expr wrapped = given + te::cast(indices.type(), given < number(0)) * number(extent);
        const Expr inside = te::min(te::max(wrapped, number(0)), number(extent - 1));
        std::vector<Expr> source(at.begin(), at.begin() + before);
        source.push_back(te::cast(DType::i32, inside));
        source.insert(source.end(), at.begin() + before + own, at.end());
        return data(std::move(source));
      },
      axis_names("ax", shape.size()));
}

}  // namespace tilewright::ops
