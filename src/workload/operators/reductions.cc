#include <array>
#include <limits>

#include "base/error.h"
#include "workload/operator.h"
#include "workload/softmax.h"
#include "workload/window.h"

namespace tilewright::workload {
namespace {

/// The square root of the sum of squares of each matrix.
te::DagRef norm(const Arguments& a) {
  const Tensor x = te::placeholder({a["b"], a["m"], a["n"]}, "A");
  const te::AxisRef i = te::reduce_axis(a["m"], "i"), j = te::reduce_axis(a["n"], "j");
  const Tensor c =
      te::compute({a["b"]}, "C", [&](Indices b) { return te::sum(x(b[0], i, j) * x(b[0], i, j), {i, j}); }, {"b"});
  return te::Dag::make(
      {x, te::compute({a["b"]}, "D", [&](Indices b) { return te::unary(te::UnaryOp::sqrt, c(b[0])); }, {"b"})});
}

te::DagRef softmax(const Arguments& a) {
  const Tensor x = te::placeholder({a["m"], a["n"]}, "data");
  return te::Dag::make({x, softmax_of(x)});
}

/// (x - mean) / sqrt(variance + 1e-5) * gamma + beta of each row.
te::DagRef layer_norm(const Arguments& a) {
  const std::int64_t m = a["m"], n = a["n"];
  const Tensor x = te::placeholder({m, n}, "x"), gamma = te::placeholder({n}, "gamma"),
               beta = te::placeholder({n}, "beta");
  const te::AxisRef k0 = te::reduce_axis(n, "k"), k1 = te::reduce_axis(n, "k");
  const Expr count(static_cast<float>(n));
  const Tensor sum = te::compute({m}, "sum", [&](Indices i) { return te::sum(x(i[0], k0), {k0}); }, {"i"});
  const Tensor centered =
      te::compute({m, n}, "centered", [&](Indices i) { return x(i[0], i[1]) - sum(i[0]) / count; }, {"i", "j"});
  const Tensor squares = te::compute(
      {m}, "squares", [&](Indices i) { return te::sum(centered(i[0], k1) * centered(i[0], k1), {k1}); }, {"i"});
  const Tensor out = te::compute({m, n}, "layer_norm",
                                 [&](Indices i) {
                                   const Expr deviation =
                                       te::unary(te::UnaryOp::sqrt, squares(i[0]) / count + Expr(1e-5F));
                                   return centered(i[0], i[1]) / deviation * gamma(i[1]) + beta(i[1]);
                                 },
                                 {"i", "j"});
  return te::Dag::make({x, gamma, beta, out});
}

/// Largest element (`average`: mean, padding counted) of windows k x k, channels last.
te::DagRef pool(const Arguments& a, bool average) {
  const std::int64_t n = a["n"], c = a["c"], k = a["k"], stride = a["stride"], pad = a["pad"];
  if (pad >= k) throw Error(Code::bad_input, "padding {} is as large as the window, {}", pad, k);
  const Tensor x = te::placeholder({n, a["h"], a["w"], c}, "x");
  const std::vector<std::int64_t> border{0, pad, pad, 0};
  const Tensor image = padded(x, border, border, "pad_temp", average ? 0.0F : std::numeric_limits<float>::lowest());
  const te::AxisRef rv0 = te::reduce_axis(k, "rv0"), rv1 = te::reduce_axis(k, "rv1");
  const std::vector<std::int64_t> shape{n, positions(a["h"], k, stride, pad), positions(a["w"], k, stride, pad), c};
  const std::vector<std::string> axes{"ax0", "ax1", "ax2", "ax3"};
  const Tensor best = te::compute(
      shape, average ? "pool_sum" : "pool_max",
      [&](Indices i) {
        const Expr tap = image(i[0], tap_at(i[1], stride, rv0), tap_at(i[2], stride, rv1), i[3]);
        return average ? te::sum(tap, {rv0, rv1}) : te::reduce(te::Combiner::max, tap, {rv0, rv1});
      },
      axes);
  if (!average) return te::Dag::make({x, best});
  const Expr count(static_cast<float>(k * k));
  return te::Dag::make(
      {x, te::compute(shape, "pool_avg", [&](Indices i) { return best(i[0], i[1], i[2], i[3]) / count; }, axes)});
}

const Key kM{"m"}, kN{"n"}, kBatch{"n", 1}, kH{"h"}, kW{"w", -1, "h"}, kC{"c"}, kK{"k"}, kStride{"stride", 1},
    kPad{"pad", 0, {}, 0};

}  // namespace

std::span<const Operator> reductions() {
  static const std::array kOperators{
      Operator{"norm", {{"b", 1}, kM, kN}, norm}, Operator{"softmax", {kM, kN}, softmax},
      Operator{"layer_norm", {kM, kN}, layer_norm},
      Operator{
          "max_pool2d", {kBatch, kH, kW, kC, kK, kStride, kPad}, [](const Arguments& a) { return pool(a, false); }},
      Operator{
          "avg_pool2d", {kBatch, kH, kW, kC, kK, kStride, kPad}, [](const Arguments& a) { return pool(a, true); }}};
  return kOperators;
}

}  // namespace tilewright::workload
