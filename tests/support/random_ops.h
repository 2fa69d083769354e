#pragma once

#include <array>
#include <numeric>
#include <optional>

#include "base/integer.h"
#include "ops/conv.h"
#include "ops/matmul.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "support/random_tensor.h"

namespace tilewright::support {

// One function a family of operators: applies a random one to `x`, or nothing when none fits its shape or type.
using MaybeTensor = std::optional<RandomTensor>;

inline bool is_f32(const RandomTensor& x) { return x.type() == DType::f32; }

inline RandomTensor of_sum(te::Tensor tensor, double magnitude) {
  return {std::move(tensor), -magnitude, magnitude, /*exact=*/false};
}

/// A window that fits an image of height x width, with its padding.
inline ops::Window2d random_window(RandomSource& s, std::int64_t height, std::int64_t width, bool dilate) {
  ops::Window2d w{.kernel_h = s.pick<std::int64_t>({1, 2, 3, 3, 5}),
                  .kernel_w = s.pick<std::int64_t>({1, 2, 3, 3, 5}),
                  .stride_h = s.pick<std::int64_t>({1, 1, 1, 2, 3}),
                  .stride_w = s.pick<std::int64_t>({1, 1, 1, 2, 3})};
  if (dilate) w.dilation_h = s.pick<std::int64_t>({1, 1, 2}), w.dilation_w = s.pick<std::int64_t>({1, 1, 3});
  if (s.rng().chance(0.7)) {
    const auto side = [&](std::int64_t span) { return s.rng().below(std::min<std::int64_t>(span, 4)); };
    w.padding = {side(w.span_h()), side(w.span_w()), side(w.span_h()), side(w.span_w())};
  }
  if (w.span_h() > height + w.padding.top + w.padding.bottom)
    w.kernel_h = w.dilation_h = 1, w.padding.top = w.padding.bottom = 0;
  if (w.span_w() > width + w.padding.left + w.padding.right)
    w.kernel_w = w.dilation_w = 1, w.padding.left = w.padding.right = 0;
  return w;
}

inline ops::Conv2dParams conv_params(const ops::Window2d& w, std::int64_t groups = 1) {
  return {w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, w.padding, groups};
}

inline MaybeTensor random_conv2d(RandomSource& s, const RandomTensor& x) {
  if (x.rank() != 4 || !is_f32(x)) return std::nullopt;
  const ops::Window2d w = random_window(s, x.tensor.dim(1), x.tensor.dim(2), /*dilate=*/true);
  const std::int64_t channels = x.tensor.dim(3);
  std::int64_t groups = 1;
  if (s.rng().chance(0.25)) {
    const std::vector<std::int64_t> choices = divisors(channels);
    groups = choices[static_cast<std::size_t>(s.rng().below(static_cast<std::int64_t>(choices.size())))];
  }
  const std::int64_t out = groups == 1 ? s.extent(33) : groups * s.pick<std::int64_t>({1, 2, 3});
  const RandomTensor weights = s.input({w.kernel_h, w.kernel_w, channels / groups, out});
  const std::int64_t taps_of_group = w.kernel_h * w.kernel_w * channels / groups;
  const auto taps = static_cast<double>(taps_of_group);
  return of_sum(ops::conv2d(x.tensor, weights.tensor, conv_params(w, groups), s.name("conv")), taps * x.magnitude());
}

inline MaybeTensor random_depthwise(RandomSource& s, const RandomTensor& x) {
  if (x.rank() != 4 || !is_f32(x)) return std::nullopt;
  const ops::Window2d w = random_window(s, x.tensor.dim(1), x.tensor.dim(2), /*dilate=*/true);
  const RandomTensor weights = s.input({w.kernel_h, w.kernel_w, x.tensor.dim(3), s.pick<std::int64_t>({1, 1, 2, 3})});
  const double taps = static_cast<double>(w.kernel_h * w.kernel_w);
  return of_sum(ops::depthwise_conv2d(x.tensor, weights.tensor, conv_params(w), s.name("depthwise")),
                taps * x.magnitude());
}

inline MaybeTensor random_matmul(RandomSource& s, const RandomTensor& x) {
  if (x.rank() < 2 || !is_f32(x)) return std::nullopt;
  const ops::MatmulParams params{.transpose_a = s.rng().chance(0.3), .transpose_b = s.rng().chance(0.3)};
  const std::int64_t k = x.tensor.dim(x.rank() - (params.transpose_a ? 2 : 1)), n = s.extent(33);
  if (x.rank() == 2 && s.rng().chance(0.3)) {
    const RandomTensor weights = s.input({n, x.tensor.dim(1)});
    return of_sum(ops::dense(x.tensor, weights.tensor, s.name("dense")),
                  static_cast<double>(x.tensor.dim(1)) * x.magnitude());
  }
  ops::Shape shape(x.tensor.shape().begin(), x.tensor.shape().end() - 2);
  for (std::int64_t& extent : shape)
    if (s.rng().chance(0.3)) extent = 1;
  if (s.rng().chance(0.3)) shape.clear();
  const std::array<std::int64_t, 2> matrix = params.transpose_b ? std::array{n, k} : std::array{k, n};
  shape.insert(shape.end(), matrix.begin(), matrix.end());
  const RandomTensor other = s.input(shape);
  const bool batch = x.rank() == 3 && other.rank() == 3;
  return of_sum(batch ? ops::batch_matmul(x.tensor, other.tensor, params, s.name("bmm"))
                      : ops::matmul(x.tensor, other.tensor, params, s.name("matmul")),
                static_cast<double>(k) * x.magnitude());
}

inline MaybeTensor random_pool(RandomSource& s, const RandomTensor& x) {
  if (x.rank() != 4 || !is_f32(x)) return std::nullopt;
  const auto choice = s.rng().below(6);
  if (choice == 0) return RandomTensor{ops::global_max_pool2d(x.tensor, s.name("gmax")), x.low, x.high, x.exact};
  if (choice == 1) return RandomTensor{ops::global_avg_pool2d(x.tensor, s.name("gavg")), x.low, x.high, false};
  ops::Window2d w = random_window(s, x.tensor.dim(1), x.tensor.dim(2), /*dilate=*/choice == 2);
  ops::Overhang overhang;
  if (w.padding.bottom + 1 < w.span_h() && s.rng().chance(0.3)) overhang.bottom = 1;
  if (w.padding.right + 1 < w.span_w() && s.rng().chance(0.3)) overhang.right = 1;
  // A dilated window may lie on padding only, and the lowest value is nothing to compute with: max with an input first.
  if (choice == 2) w.padding = {}, overhang = {};
  if (w.span_h() > x.tensor.dim(1) + w.padding.top + w.padding.bottom ||
      w.span_w() > x.tensor.dim(2) + w.padding.left + w.padding.right)
    return std::nullopt;
  if (choice <= 3)
    return RandomTensor{ops::max_pool2d(x.tensor, w, overhang, s.name("max_pool")), x.low, x.high, x.exact};
  const double low = std::min(x.low, 0.0), high = std::max(x.high, 0.0);
  return RandomTensor{ops::avg_pool2d(x.tensor, w, choice == 4, overhang, s.name("avg_pool")), low, high, false};
}

inline MaybeTensor random_softmax(RandomSource& s, const RandomTensor& x) {
  if (x.rank() < 1 || !is_f32(x)) return std::nullopt;
  const RandomTensor bounded = s.clipped(x, -8, 8);
  const int axis = s.rng().chance(0.6) ? -1 : static_cast<int>(s.rng().below(x.rank()));
  if (s.rng().chance(0.6)) return RandomTensor{ops::softmax(bounded.tensor, axis), 0, 1, false};
  return RandomTensor{ops::log_softmax(bounded.tensor, axis), -24, 0, false};
}

inline MaybeTensor random_reduction(RandomSource& s, const RandomTensor& x) {
  if (x.rank() < 1 || x.type() == DType::boolean) return std::nullopt;
  std::vector<int> axes;
  for (int d = 0; d < x.rank(); ++d)
    if (s.rng().chance(0.5)) axes.push_back(d);
  const bool keep = s.rng().chance(0.5);
  const te::Combiner combiner = s.pick({te::Combiner::sum, te::Combiner::max, te::Combiner::min});
  if (is_f32(x) && s.rng().chance(0.3))
    return RandomTensor{ops::mean(x.tensor, axes, keep, s.name("mean")), x.low, x.high, false};
  te::Tensor result = ops::reduce(combiner, x.tensor, axes, keep, s.name("reduce"));
  if (combiner != te::Combiner::sum) return RandomTensor{result, x.low, x.high, x.exact};
  const std::int64_t terms_of_each = x.tensor->elements() / result->elements();
  const auto terms = static_cast<double>(terms_of_each);
  return RandomTensor{result, terms * std::min(x.low, 0.0), terms * std::max(x.high, 0.0),
                      x.exact && !is_float(x.type())};
}

}  // namespace tilewright::support
