#include "ops/reduce.h"

#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::AxisRef;
using te::Expr;
using te::Tensor;

/// One flag a dimension.
std::vector<bool> reduced_dimensions(const Tensor& x, const std::vector<int>& axes) {
  std::vector<bool> reduced(x.shape().size(), axes.empty());
  for (int axis : axes) {
    const auto d = static_cast<std::size_t>(normalize_axis("reduce", axis, x.rank()));
    require(!reduced[d], "reduce: dimension {} is named twice", d);
    reduced[d] = true;
  }
  return reduced;
}

}  // namespace

Tensor reduce(te::Combiner combiner, const Tensor& x, const std::vector<int>& axes, bool keep_dims, std::string name) {
  require(x.type() != DType::boolean, "reduce: {} is bool, expected numbers", x->name);
  require(x.rank() >= 1, "reduce: {} is a scalar, expected at least 1 dimension", x->name);
  const std::vector<bool> reduced = reduced_dimensions(x, axes);
  Shape shape;
  std::vector<AxisRef> reductions;
  for (std::size_t d = 0; d < reduced.size(); ++d) {
    if (reduced[d]) reductions.push_back(te::reduce_axis(x.shape()[d], fmt::format("k{}", reductions.size())));
    if (keep_dims || !reduced[d]) shape.push_back(reduced[d] ? 1 : x.shape()[d]);
  }
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> indices;
        std::size_t next_reduction = 0, next_axis = 0;
        for (const bool is_reduced : reduced) {
          indices.push_back(is_reduced ? Expr(reductions[next_reduction++]) : at[next_axis]);
          if (keep_dims || !is_reduced) ++next_axis;
        }
        return te::reduce(combiner, x(std::move(indices)), reductions);
      },
      axis_names("ax", shape.size()));
}

Tensor cumulative_sum(const Tensor& x, int axis, bool exclusive, bool reverse, std::string name) {
  require(x.type() != DType::boolean, "cumulative_sum: {} is bool, expected numbers", x->name);
  const auto d = static_cast<std::size_t>(normalize_axis("cumulative_sum", axis, x.rank()));
  const AxisRef k = te::reduce_axis(x.shape()[d], "k");
  return te::compute(
      x.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> source(at.begin(), at.end());
        source[d] = k;
        const bool after = exclusive == reverse;  // the first that does not count, or counts, is the one after this
        const Expr bound = after ? at[d] + te::integer(1) : at[d];
        const Expr counts = reverse ? Expr(k) >= bound : Expr(k) < bound;
        return te::sum(te::select(counts, x(std::move(source)), te::integer(0, x.type())), {k});
      },
      axis_names("ax", x.shape().size()));
}

Tensor mean(const Tensor& x, const std::vector<int>& axes, bool keep_dims, std::string name) {
  require_float("mean", x);
  const Tensor sum = reduce(te::Combiner::sum, x, axes, keep_dims, name + "_sum");
  const double count = static_cast<double>(x->elements() / sum->elements());
  return te::compute(
      sum.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        return sum(std::vector<Expr>(at.begin(), at.end())) / te::constant(x.type(), count);
      },
      axis_names("ax", sum.shape().size()));
}

}  // namespace tilewright::ops
