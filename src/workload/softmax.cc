#include "workload/softmax.h"

#include "workload/window.h"

namespace tilewright::workload {

te::Tensor softmax_of(const te::Tensor& x) {
  std::vector<std::int64_t> rows = x.shape();
  const std::int64_t length = rows.back();
  rows.pop_back();
  const te::AxisRef k0 = te::reduce_axis(length, "k"), k1 = te::reduce_axis(length, "k");
  const auto at = [](const Tensor& t, Indices i, const Expr& last) {
    std::vector<Expr> from(i.begin(), i.begin() + static_cast<std::ptrdiff_t>(t.shape().size()) - 1);
    from.push_back(last);
    return t(from);
  };
  const auto row = [](const Tensor& t, Indices i) {
    return t(std::vector<Expr>(i.begin(), i.begin() + static_cast<std::ptrdiff_t>(t.shape().size())));
  };
  const Tensor most = te::compute(rows, "T_softmax_maxelem",
                                  [&](Indices i) { return te::reduce(te::Combiner::max, at(x, i, k0), {k0}); });
  const Tensor e = te::compute(x.shape(), "T_softmax_exp",
                               [&](Indices i) { return te::unary(te::UnaryOp::exp, row(x, i) - row(most, i)); });
  const Tensor sum = te::compute(rows, "T_softmax_expsum", [&](Indices i) { return te::sum(at(e, i, k1), {k1}); });
  return te::compute(x.shape(), "T_softmax_norm", [&](Indices i) { return row(e, i) / row(sum, i); });
}

}  // namespace tilewright::workload
