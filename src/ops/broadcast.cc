#include "ops/broadcast.h"

#include <algorithm>

#include "base/shape_text.h"
#include "ops/check.h"

namespace tilewright::ops {

Shape broadcast_shape(std::string_view op, const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape result(rank);
  for (std::size_t d = 0; d < rank; ++d) {  // d counts from the back
    const std::int64_t x = d < a.size() ? a[a.size() - 1 - d] : 1;
    const std::int64_t y = d < b.size() ? b[b.size() - 1 - d] : 1;
    require(x == y || x == 1 || y == 1, "{}: shapes {} and {} do not broadcast: {} against {}, expected equal or 1", op,
            shape_text(a), shape_text(b), x, y);
    result[rank - 1 - d] = std::max(x, y);
  }
  return result;
}

te::Expr load_broadcast(const te::Tensor& x, const Shape& shape, std::span<const te::Expr> at) {
  const std::size_t skipped = shape.size() - x.shape().size();
  std::vector<te::Expr> indices;
  for (std::size_t d = 0; d < x.shape().size(); ++d)
    indices.push_back(x.shape()[d] == shape[d + skipped] ? at[d + skipped] : te::Expr(0));
  return x(std::move(indices));
}

int normalize_axis(std::string_view op, int axis, int rank) {
  require(-rank <= axis && axis < rank, "{}: axis {} is outside of [{}, {})", op, axis, -rank, rank);
  return axis < 0 ? axis + rank : axis;
}

std::vector<std::string> axis_names(std::string_view prefix, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("{}{}", prefix, i));
  return names;
}

void require_same_type(std::string_view op, const te::Tensor& a, const te::Tensor& b) {
  require(a.type() == b.type(), "{}: {} is {} and {} is {}, expected one type", op, a->name, to_text(a.type()), b->name,
          to_text(b.type()));
}

void require_rank(std::string_view op, std::string_view what, const te::Tensor& x, int rank, std::string_view layout) {
  require(x.rank() == rank, "{}: {} has shape {}, expected {} dimensions ({})", op, what, shape_text(x.shape()), rank,
          layout);
}

void require_float(std::string_view op, const te::Tensor& x) {
  require(is_float(x.type()), "{}: {} is {}, expected a float type", op, x->name, to_text(x.type()));
}

}  // namespace tilewright::ops
