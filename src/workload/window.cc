#include "workload/window.h"

#include "base/error.h"

namespace tilewright::workload {

Tensor padded(const Tensor& x, const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after,
              const std::string& name, float value) {
  std::vector<std::int64_t> shape = x.shape();
  for (std::size_t d = 0; d < shape.size(); ++d) shape[d] += before[d] + after[d];
  return te::compute(shape, name, [&](Indices i) {
    std::vector<Expr> from(i.begin(), i.end());
    Expr inside;
    const auto require = [&](const Expr& condition) { inside = inside ? inside && condition : condition; };
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (before[d] > 0) require(i[d] >= te::integer(before[d]));
      if (after[d] > 0) require(i[d] < te::integer(x.shape()[d] + before[d]));
      if (before[d] > 0) from[d] = i[d] - te::integer(before[d]);
    }
    return inside ? te::select(inside, x(from), Expr(value)) : x(from);
  });
}

std::int64_t positions(std::int64_t extent, std::int64_t k, std::int64_t stride, std::int64_t pad,
                       std::int64_t dilation) {
  const std::int64_t span = (k - 1) * dilation + 1;
  if (span > extent + 2 * pad)
    throw Error(Code::bad_input, "a window of {} elements does not fit {} with {} of padding on each side", span,
                extent, pad);
  return (extent + 2 * pad - span) / stride + 1;
}

Expr tap_at(const Expr& index, std::int64_t factor, const Expr& tap, std::int64_t dilation) {
  const Expr base = factor == 1 ? index : index * te::integer(factor);
  return base + (dilation == 1 ? tap : tap * te::integer(dilation));
}

Tensor relu(const Tensor& x, const std::string& name) {
  return te::compute(x.shape(), name,
                     [&](Indices i) { return te::max(x(std::vector<Expr>(i.begin(), i.end())), Expr(0.0F)); });
}

}  // namespace tilewright::workload
