#pragma once

#include "te/dag.h"
#include "te/expr.h"

namespace tilewright::support {

/// C[i, j] = sum over k of A[i, k] * B[k, j]: A is [n, k], B [k, m], C [n, m]; axes "i", "j", "k". `constant`: B is
/// one.
inline te::DagRef matmul(std::int64_t n, std::int64_t m, std::int64_t k, bool constant = false) {
  const te::Tensor a = te::placeholder({n, k}, "A"),
                   b = (constant ? te::constant_placeholder : te::placeholder)({k, m}, "B", DType::f32);
  const te::AxisRef r = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute(
      {n, m}, "C",
      [&](std::span<const te::Expr> i) { return te::sum(a(i[0], te::Expr(r)) * b(te::Expr(r), i[1]), {r}); },
      {"i", "j"});
  return te::Dag::make(std::vector<te::Tensor>{a, b, c});
}

}  // namespace tilewright::support
