#include "ops/matmul.h"

#include "base/shape_text.h"
#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::AxisRef;
using te::Expr;
using te::Tensor;

Shape batch_of(const Tensor& x) { return Shape(x.shape().begin(), x.shape().end() - 2); }

/// Loads the matrix element (row, column) of the operand for the batch position `batch`.
Expr load_matrix(const Tensor& x, bool transposed, const Shape& batch_shape, std::span<const Expr> batch, Expr row,
                 Expr column) {
  if (transposed) std::swap(row, column);
  const std::size_t own = x.shape().size() - 2, skipped = batch_shape.size() - own;
  std::vector<Expr> indices;
  for (std::size_t d = 0; d < own; ++d)
    indices.push_back(x.shape()[d] == batch_shape[d + skipped] ? batch[d + skipped] : Expr(0));
  indices.push_back(std::move(row));
  indices.push_back(std::move(column));
  return x(std::move(indices));
}

Tensor product_of(std::string_view op, const Tensor& a, const Tensor& b, const MatmulParams& params, std::string name,
                  std::map<std::string, std::string> attributes) {
  require(a.rank() >= 2 && b.rank() >= 2, "{}: operands of shape {} and {}, expected at least 2 dimensions each", op,
          shape_text(a.shape()), shape_text(b.shape()));
  require_same_type(op, a, b);
  const int last_a = a.rank() - 1, last_b = b.rank() - 1;
  const std::int64_t m = a.dim(params.transpose_a ? last_a : last_a - 1),
                     k = a.dim(params.transpose_a ? last_a - 1 : last_a);
  const std::int64_t n = b.dim(params.transpose_b ? last_b - 1 : last_b),
                     kb = b.dim(params.transpose_b ? last_b : last_b - 1);
  require(k == kb, "{}: inner lengths differ: {} in {} of shape {}, {} in {} of shape {}", op, k, a->name,
          shape_text(a.shape()), kb, b->name, shape_text(b.shape()));

  const Shape batch = broadcast_shape(op, batch_of(a), batch_of(b));
  std::vector<std::string> axes = batch.size() == 1 ? std::vector<std::string>{"b"} : axis_names("b", batch.size());
  axes.insert(axes.end(), {"i", "j"});
  Shape shape = batch;
  shape.insert(shape.end(), {m, n});
  const AxisRef rk = te::reduce_axis(k, "k");
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        const Expr& i = at[batch.size()];
        const Expr& j = at[batch.size() + 1];
        return te::sum(
            load_matrix(a, params.transpose_a, batch, at, i, rk) * load_matrix(b, params.transpose_b, batch, at, rk, j),
            {rk});
      },
      std::move(axes), std::move(attributes));
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulParams& params, std::string name) {
  return product_of("matmul", a, b, params, std::move(name), {});
}

Tensor dense(const Tensor& data, const Tensor& weights, std::string name) {
  require_rank("dense", "data", data, 2, "rows, features");
  require_rank("dense", "weights", weights, 2, "outputs, features");
  std::map<std::string, std::string> attributes;
  if (weights->is_placeholder()) attributes["layout_free_placeholders"] = weights->name;
  return product_of("dense", data, weights, {.transpose_b = true}, std::move(name), std::move(attributes));
}

Tensor batch_matmul(const Tensor& a, const Tensor& b, const MatmulParams& params, std::string name) {
  require_rank("batch_matmul", "the left operand", a, 3, "batch, rows, columns");
  require_rank("batch_matmul", "the right operand", b, 3, "batch, rows, columns");
  return product_of("batch_matmul", a, b, params, std::move(name), {});
}

}  // namespace tilewright::ops
