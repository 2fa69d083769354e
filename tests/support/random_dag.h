#pragma once

#include "support/random_elementwise.h"
#include "support/random_moves.h"
#include "te/dag.h"

namespace tilewright::support {

/// Most steps (elements times reduction length, summed) that the interpreter takes for a random DAG.
inline constexpr double kMaxWork = 30000;

inline double interpreter_work(const te::Dag& dag) {
  double work = 0;
  for (const te::Tensor& tensor : dag.ops()) {
    double steps = tensor->is_placeholder() ? 0 : static_cast<double>(tensor->elements());
    for (const te::AxisRef& axis : tensor->reduce_axes) steps *= static_cast<double>(axis->extent);
    work += steps;
  }
  return work;
}

/// One operator of any family that fits.
inline RandomTensor random_step(RandomSource& s, const RandomTensor& x) {
  if (x.type() == DType::i32 && s.rng().chance(0.6)) return random_integer_step(s, x);
  while (true) {
    MaybeTensor y;
    switch (s.rng().below(14)) {
      case 0:
        y = random_conv2d(s, x);
        break;
      case 1:
        y = random_depthwise(s, x);
        break;
      case 2:
        y = random_matmul(s, x);
        break;
      case 3:
        y = random_pool(s, x);
        break;
      case 4:
        y = random_softmax(s, x);
        break;
      case 5:
        y = random_reduction(s, x);
        break;
      case 6:
        if (is_f32(x)) y = random_math(s, x);
        break;
      case 7:
        y = random_step_function(s, x);
        break;
      case 8:
        y = random_binary(s, x);
        break;
      case 9:
        y = random_activation(s, x);
        break;
      case 10:
        y = random_batch_norm(s, x);
        break;
      case 11:
        y = random_epilogue(s, x);
        break;
      default:
        y = random_move(s, x);
        break;
    }
    if (!y && x.type() == DType::i32) return random_integer_step(s, x);
    if (!y || y->tensor.op() == x.tensor.op()) continue;  // nothing fitted, or padding by nothing
    return y->magnitude() > 1e4 && is_f32(*y) ? s.clipped(*y, -8, 8) : *y;
  }
}

/// A convolution, product or pooling that a network would start a task with.
inline RandomTensor random_anchor(RandomSource& s) {
  if (s.rng().chance(0.5)) {
    const RandomTensor image = s.input({s.pick<std::int64_t>({1, 1, 2}), s.extent(13), s.extent(13), s.extent(17)});
    switch (s.rng().below(4)) {
      case 0:
        return *random_depthwise(s, image);
      case 1:
        return random_pool(s, image).value_or(image);
      default:
        return *random_conv2d(s, image);
    }
  }
  return *random_matmul(s, s.input(s.shape(static_cast<int>(s.pick({2, 2, 3, 4})), 1024)));
}

/// Two ways from `x` to outputs, or back together.
inline std::vector<te::Tensor> random_ends(RandomSource& s, const RandomTensor& x) {
  if (s.rng().chance(0.85)) return {x.tensor};
  const RandomTensor a = random_step(s, x), b = random_step(s, x);
  const bool joins = is_f32(a) && is_f32(b) && a.tensor.shape() == b.tensor.shape();
  if (joins) return {ops::add(a.tensor, b.tensor, s.name("join"))};
  return {a.tensor, b.tensor};
}

/// A random small DAG over all operators of `ops`: a chain of one to six with side inputs, residuals, and now and then
/// two outputs; extents with ones and primes; at most kMaxWork steps. Values stay where functions are smooth (floor and
/// comparisons only of exact values, logarithms of what is at least 1/4, …), so a kernel's rounding shows as rounding.
/// Decided by `rng` alone.
inline te::DagRef random_dag(Rng& rng) {
  while (true) {
    RandomSource s(rng);
    const bool anchored = rng.chance(0.6);
    RandomTensor x = anchored ? random_anchor(s) : s.input(s.shape(static_cast<int>(s.pick({1, 2, 3, 4, 4, 5})), 2048));
    if (anchored && rng.chance(0.6)) x = random_epilogue(s, x).value_or(x);
    for (std::int64_t steps = rng.between(anchored ? 0 : 1, 3); steps > 0; --steps) x = random_step(s, x);
    if (x.tensor->is_placeholder()) continue;

    std::vector<te::Tensor> arguments = s.inputs();
    const std::vector<te::Tensor> ends = random_ends(s, x);
    arguments = s.inputs();
    arguments.insert(arguments.end(), ends.begin(), ends.end());
    te::DagRef dag = te::Dag::make(std::move(arguments));
    if (interpreter_work(*dag) <= kMaxWork) return dag;
  }
}

}  // namespace tilewright::support
