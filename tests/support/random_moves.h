#pragma once

#include "support/random_ops.h"

namespace tilewright::support {

inline ops::Shape random_reshaped(RandomSource& s, const ops::Shape& shape) {
  ops::Shape result;
  std::int64_t rest = product(shape);
  while (rest > 1 && result.size() < 4) {
    const std::vector<std::int64_t> choices = divisors(rest);
    result.push_back(choices[static_cast<std::size_t>(s.rng().below(static_cast<std::int64_t>(choices.size())))]);
    rest /= result.back();
  }
  if (rest > 1 || result.empty()) result.push_back(rest);
  return result;
}

inline RandomTensor random_slice(RandomSource& s, const RandomTensor& x) {
  std::vector<ops::Slice> slices;
  for (std::int64_t extent : x.tensor.shape()) {
    const std::int64_t step = s.pick<std::int64_t>({1, 1, 1, 2, 3, -1, -2});
    const std::int64_t count = s.rng().between(1, ceil_div(extent, std::abs(step)));
    const std::int64_t reach = (count - 1) * std::abs(step);
    const std::int64_t first = s.rng().between(0, extent - 1 - reach);
    slices.push_back({step > 0 ? first : first + reach, count, step});
  }
  return {ops::slice(x.tensor, slices, s.name("slice")), x.low, x.high, x.exact};
}

inline RandomTensor random_pad(RandomSource& s, const RandomTensor& x) {
  std::vector<std::int64_t> before, after;
  for (int d = 0; d < x.rank(); ++d) {
    before.push_back(s.pick<std::int64_t>({0, 0, 1, 3}));
    after.push_back(s.pick<std::int64_t>({0, 0, 1, 2}));
  }
  const te::Expr value = te::constant(x.type(), 0);
  return {ops::pad(x.tensor, before, after, value, s.name("pad")), std::min(x.low, 0.0), std::max(x.high, 0.0),
          x.exact};
}

inline RandomTensor random_concat(RandomSource& s, const RandomTensor& x) {
  const auto axis = static_cast<std::size_t>(s.rng().below(x.rank()));
  std::vector<te::Tensor> parts{x.tensor};
  for (std::int64_t i = s.rng().between(1, 2); i > 0; --i) {
    ops::Shape shape = x.tensor.shape();
    shape[axis] = s.extent(8);
    parts.push_back(s.input(shape, x.type()).tensor);
  }
  if (s.rng().chance(0.2)) parts.push_back(x.tensor);
  std::shuffle(parts.begin(), parts.end(), s.rng());
  const double input = is_float(x.type()) ? 1 : 9;
  return {ops::concat(parts, static_cast<int>(axis), s.name("concat")), std::min(x.low, -input),
          std::max(x.high, input), x.exact};
}

inline RandomTensor random_transpose(RandomSource& s, const RandomTensor& x) {
  std::vector<int> order(x.tensor.shape().size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), s.rng());
  return {ops::transpose(x.tensor, order, s.name("transpose")), x.low, x.high, x.exact};
}

inline RandomTensor random_expand(RandomSource& s, const RandomTensor& x) {
  ops::Shape shape = x.tensor.shape();
  for (std::int64_t& extent : shape)
    if (extent == 1 && s.rng().chance(0.5)) extent = s.extent(5);
  if (s.rng().chance(0.3)) shape.insert(shape.begin(), s.extent(3));
  return {ops::expand(x.tensor, shape, s.name("expand")), x.low, x.high, x.exact};
}

/// Operators that only move data.
inline MaybeTensor random_move(RandomSource& s, const RandomTensor& x) {
  if (x.rank() < 1 || x.type() == DType::boolean) return std::nullopt;
  const auto moved = [&](te::Tensor t) { return RandomTensor{std::move(t), x.low, x.high, x.exact}; };
  switch (s.rng().below(9)) {
    case 0:
      return random_slice(s, x);
    case 1:
      return random_pad(s, x);
    case 2:
      return random_concat(s, x);
    case 3:
      return random_transpose(s, x);
    case 4:
      return random_expand(s, x);
    case 5:
      return moved(ops::flatten(x.tensor, static_cast<int>(s.rng().below(x.rank() + 1)), s.name("flatten")));
    case 6:
      return moved(ops::squeeze(x.tensor, {}, s.name("squeeze")));
    case 7:
      return moved(ops::unsqueeze(x.tensor, {static_cast<int>(s.rng().below(x.rank() + 1))}, s.name("unsqueeze")));
    default:
      return moved(ops::reshape(x.tensor, random_reshaped(s, x.tensor.shape()), s.name("reshape")));
  }
}

}  // namespace tilewright::support
