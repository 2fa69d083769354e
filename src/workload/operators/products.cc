#include <array>
#include <cmath>

#include "workload/operator.h"
#include "workload/softmax.h"
#include "workload/window.h"

namespace tilewright::workload {
namespace {

te::DagRef matmul(const Arguments& a) {
  const std::int64_t b = a["b"], n = a["n"], m = a["m"], k = a["k"];
  const Tensor left = te::placeholder({b, n, k}, "A"), right = te::placeholder({b, k, m}, "B");
  const te::AxisRef r = te::reduce_axis(k, "k");
  return te::Dag::make(
      {left, right,
       te::compute({b, n, m}, "C", [&](Indices i) { return te::sum(left(i[0], i[1], r) * right(i[0], r, i[2]), {r}); },
                   {"i", "x", "y"})});
}

struct Heads {
  Tensor query, value, product;
};

/// Transposes two sequences to heads and multiplies them: the evaluation's TBG.
Heads transpose_batch_matmul(const Arguments& a) {
  const std::int64_t b = a["b"], length = a["seq"], heads = a["heads"], dim = a["dim"];
  const Tensor query = te::placeholder({b, length, heads, dim}, "query"),
               value = te::placeholder({b, length, heads, dim}, "value");
  const Tensor query_t = te::compute({b, heads, length, dim}, "query_T",
                                     [&](Indices i) { return query(i[0], i[2], i[1], i[3]); }, {"b", "h", "l", "d"});
  const Tensor value_t = te::compute({b, heads, dim, length}, "value_T",
                                     [&](Indices i) { return value(i[0], i[3], i[1], i[2]); }, {"b", "h", "d", "l"});
  const te::AxisRef k = te::reduce_axis(dim, "k");
  const Tensor product =
      te::compute({b, heads, length, length}, "C",
                  [&](Indices i) { return te::sum(query_t(i[0], i[1], i[2], k) * value_t(i[0], i[1], k, i[3]), {k}); },
                  {"b", "h", "i", "j"});
  return {query, value, product};
}

/// softmax(Q K^T / sqrt(dim)) V of [heads, seq, dim] each.
te::DagRef attention(const Arguments& a) {
  const std::int64_t heads = a["heads"], length = a["seq"], dim = a["dim"];
  const std::vector<std::int64_t> shape{heads, length, dim};
  const Tensor q = te::placeholder(shape, "Q"), k = te::placeholder(shape, "K"), v = te::placeholder(shape, "V");
  const te::AxisRef d = te::reduce_axis(dim, "d"), l = te::reduce_axis(length, "l");
  const Tensor product =
      te::compute({heads, length, length}, "QK",
                  [&](Indices i) { return te::sum(q(i[0], i[1], d) * k(i[0], i[2], d), {d}); }, {"h", "i", "j"});
  const auto factor = static_cast<float>(1 / std::sqrt(static_cast<double>(dim)));
  const Tensor scaled = te::compute(
      product.shape(), "scaled", [&](Indices i) { return product(i[0], i[1], i[2]) * Expr(factor); }, {"h", "i", "j"});
  const Tensor weights = softmax_of(scaled);
  const Tensor out =
      te::compute(shape, "out", [&](Indices i) { return te::sum(weights(i[0], i[1], l) * v(i[0], l, i[2]), {l}); },
                  {"h", "i", "e"});
  return te::Dag::make({q, k, v, out});
}

const Key kB{"b", 1}, kN{"n"}, kM{"m"}, kK{"k"}, kSeq{"seq"}, kHeads{"heads"}, kDim{"dim"};

}  // namespace

std::span<const Operator> products() {
  static const std::array kOperators{Operator{"matmul", {kB, kN, kM, kK}, matmul},
                                     Operator{"transpose_batch_matmul",
                                              {kB, kSeq, kHeads, kDim},
                                              [](const Arguments& a) {
                                                const Heads h = transpose_batch_matmul(a);
                                                return te::Dag::make({h.query, h.value, h.product});
                                              }},
                                     Operator{"transpose_batch_matmul_softmax",
                                              {kB, kSeq, kHeads, kDim},
                                              [](const Arguments& a) {
                                                const Heads h = transpose_batch_matmul(a);
                                                return te::Dag::make({h.query, h.value, softmax_of(h.product)});
                                              }},
                                     Operator{"attention", {kHeads, kSeq, kDim}, attention}};
  return kOperators;
}

}  // namespace tilewright::workload
