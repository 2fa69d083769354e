#include <array>

#include "workload/operator.h"
#include "workload/window.h"

namespace tilewright::workload {
namespace {

/// x / 2 * (1 + erf(x / sqrt(2)))
te::DagRef gelu(const Arguments& a) {
  const Tensor x = te::placeholder({a["m"], a["n"]}, "x");
  const Tensor e = te::compute(
      x.shape(), "erf", [&](Indices i) { return te::unary(te::UnaryOp::erf, x(i[0], i[1]) * Expr(0.70710678F)); },
      {"i", "j"});
  return te::Dag::make(
      {x,
       te::compute(x.shape(), "gelu",
                   [&](Indices i) { return x(i[0], i[1]) * Expr(0.5F) * (e(i[0], i[1]) + Expr(1.0F)); }, {"i", "j"})});
}

/// exp(2 x) + 1
te::DagRef chain(const Arguments& arguments) {
  const Tensor x = te::placeholder({arguments["m"], arguments["n"]}, "x");
  const std::vector<std::string> axes{"i", "j"};
  const Tensor a = te::compute(x.shape(), "a", [&](Indices i) { return x(i[0], i[1]) * Expr(2.0F); }, axes);
  const Tensor b =
      te::compute(x.shape(), "b", [&](Indices i) { return te::unary(te::UnaryOp::exp, a(i[0], i[1])); }, axes);
  return te::Dag::make({x, te::compute(x.shape(), "c", [&](Indices i) { return b(i[0], i[1]) + Expr(1.0F); }, axes)});
}

/// Every element of an image repeated scale x scale times: the nearest neighbour.
te::DagRef resize(const Arguments& a) {
  const std::int64_t scale = a["scale"];
  const Tensor x = te::placeholder({a["n"], a["h"], a["w"], a["c"]}, "x");
  return te::Dag::make({x, te::compute({a["n"], a["h"] * scale, a["w"] * scale, a["c"]}, "resize",
                                       [&](Indices i) {
                                         const Expr s = te::integer(scale);
                                         return x(i[0], te::floor_div(i[1], s), te::floor_div(i[2], s), i[3]);
                                       },
                                       {"n", "h", "w", "c"})});
}

const Key kM{"m"}, kN{"n"};

}  // namespace

std::span<const Operator> elementwise_chains() {
  static const std::array kOperators{
      Operator{"gelu", {kM, kN}, gelu}, Operator{"elementwise_chain", {kM, kN}, chain},
      Operator{"resize", {{"n", 1}, {"h"}, {"w", -1, "h"}, {"c"}, {"scale", 2}}, resize}};
  return kOperators;
}

}  // namespace tilewright::workload
