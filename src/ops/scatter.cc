#include "ops/scatter.h"

#include "base/shape_text.h"
#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::AxisRef;
using te::BinaryOp;
using te::Expr;
using te::Tensor;

std::vector<Expr> with(std::span<const Expr> at, std::size_t d, Expr position) {
  std::vector<Expr> result(at.begin(), at.end());
  result[d] = std::move(position);
  return result;
}

void require_scatter(const Tensor& data, const Tensor& indices, const Tensor& updates, std::size_t d) {
  require_same_type("scatter", data, updates);
  require(indices.type() == DType::i32 || indices.type() == DType::i64,
          "scatter: the indices {} are {}, expected i32 or i64", indices->name, to_text(indices.type()));
  require(indices.rank() == updates.rank() && updates.rank() == data.rank(),
          "scatter: data, indices and updates have shapes {}, {} and {}, expected equally many dimensions",
          shape_text(data.shape()), shape_text(indices.shape()), shape_text(updates.shape()));
  for (std::size_t i = 0; i < data.shape().size(); ++i) {
    const std::int64_t own = indices.shape()[i], given = updates.shape()[i];
    require((i == d || given == data.shape()[i]) && (own == given || (i != d && own == 1)),
            "scatter: updates of shape {} at indices of shape {} do not fit data of shape {}",
            shape_text(updates.shape()), shape_text(indices.shape()), shape_text(data.shape()));
  }
}

}  // namespace

Tensor scatter(std::optional<te::Combiner> combiner, const Tensor& data, const Tensor& indices, const Tensor& updates,
               int axis, std::string name) {
  const auto d = static_cast<std::size_t>(normalize_axis("scatter", axis, data.rank()));
  require_scatter(data, indices, updates, d);
  const std::vector<std::string> names = axis_names("ax", data.shape().size());
  const std::int64_t extent = data.shape()[d];
  const AxisRef k = te::reduce_axis(updates.shape()[d], "k");
  const auto meets = [&](std::span<const Expr> at) {  // update k and the element at `at`
    const Expr given = load_broadcast(indices, updates.shape(), with(at, d, Expr(k)));
    const Expr own = te::cast(indices.type(), at[d]);
    const Expr from_back = own - te::integer(extent, indices.type());
    return te::binary(BinaryOp::logical_or, te::binary(BinaryOp::eq, given, own),
                      te::binary(BinaryOp::eq, given, from_back));
  };
  if (combiner) {
    const Tensor combined = te::compute(
        data.shape(), name + "_updates",
        [&](std::span<const Expr> at) {
          const Expr update = updates(with(at, d, Expr(k)));
          return te::reduce(*combiner, te::select(meets(at), update, te::identity(*combiner, data.type())), {k});
        },
        names);
    return te::compute(
        data.shape(), std::move(name),
        [&](std::span<const Expr> at) {
          const std::vector<Expr> own(at.begin(), at.end());
          return te::combine(*combiner, data(own), combined(own));
        },
        names);
  }
  Shape differing = indices.shape();
  differing[d] = extent;
  const Tensor last = te::compute(
      differing, name + "_last",
      [&](std::span<const Expr> at) {
        return te::reduce(te::Combiner::max, te::select(meets(at), Expr(k), te::integer(-1)), {k});
      },
      names);
  return te::compute(
      data.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        const Expr update = load_broadcast(last, data.shape(), at);
        const Expr inside = te::min(te::max(update, te::integer(0)), te::integer(updates.shape()[d] - 1));
        return te::select(update >= te::integer(0), updates(with(at, d, inside)),
                          data(std::vector<Expr>(at.begin(), at.end())));
      },
      names);
}

Tensor top_k(const Tensor& x, std::int64_t k, int axis, bool largest, std::string name) {
  require(x.type() != DType::boolean, "top_k: {} is bool, expected numbers", x->name);
  const auto d = static_cast<std::size_t>(normalize_axis("top_k", axis, x.rank()));
  const std::int64_t extent = x.shape()[d];
  require(k >= 1 && k <= extent, "top_k: k is {}, expected 1 to {}", k, extent);
  const std::vector<std::string> names = axis_names("ax", x.shape().size());
  const bool floats = is_float(x.type());
  const auto is_nan = [](const Expr& e) { return te::binary(BinaryOp::ne, e, e); };
  const auto is_number = [](const Expr& e) { return te::binary(BinaryOp::eq, e, e); };
  const auto before = [&](const Expr& a, const Expr& b) {  // by their values
    const Expr by_order = te::binary(largest ? BinaryOp::gt : BinaryOp::lt, a, b);
    if (!floats) return by_order;
    const Expr by_kind = largest ? is_nan(a) && is_number(b) : is_nan(b) && is_number(a);
    return te::binary(BinaryOp::logical_or, by_order, by_kind);
  };
  const AxisRef j = te::reduce_axis(extent, "j"), i = te::reduce_axis(extent, "i");
  const Tensor rank = te::compute(
      x.shape(), name + "_rank",
      [&](std::span<const Expr> at) {
        const Expr own = x(std::vector<Expr>(at.begin(), at.end())), other = x(with(at, d, Expr(j)));
        const Expr is_first =
            te::select(Expr(j) < at[d], te::unary(te::UnaryOp::logical_not, before(own, other)), before(other, own));
        return te::sum(te::cast(DType::i32, is_first), {j});
      },
      names);
  Shape shape = x.shape();
  shape[d] = k;
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        const Expr found = te::binary(BinaryOp::eq, rank(with(at, d, Expr(i))), at[d]);
        return te::sum(te::select(found, te::cast(DType::i64, Expr(i)), te::integer(0, DType::i64)), {i});
      },
      names);
}

}  // namespace tilewright::ops
