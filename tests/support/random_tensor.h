#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

#include "base/rng.h"
#include "ops/broadcast.h"
#include "ops/elementwise.h"
#include "te/tensor.h"

namespace tilewright::support {

/// A tensor of a random DAG and what is known of its elements: bounds, and whether a kernel computes them exactly (then
/// they may be compared, rounded or converted to integers).
struct RandomTensor {
  te::Tensor tensor;
  double low = -1, high = 1;
  bool exact = true;

  double magnitude() const { return std::max(std::abs(low), std::abs(high)); }
  int rank() const { return tensor.rank(); }
  DType type() const { return tensor.type(); }
};

/// Draws what random operators are made of.
class RandomSource {
 public:
  explicit RandomSource(Rng& rng) : rng_(rng) {}

  Rng& rng() { return rng_; }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[rng_.below(static_cast<std::int64_t>(choices.size()))];
  }
  /// Ones, primes, powers of two and their neighbours, at most `limit`.
  std::int64_t extent(std::int64_t limit) {
    while (true) {
      const std::int64_t e =
          pick<std::int64_t>({1, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 11, 13, 16, 16, 17, 19, 31, 32, 33, 64});
      if (e <= limit) return e;
    }
  }
  /// A shape of `rank` dimensions with at most `limit` elements.
  ops::Shape shape(int rank, std::int64_t limit) {
    ops::Shape shape;
    for (int d = 0; d < rank; ++d) {
      shape.push_back(extent(std::max<std::int64_t>(1, limit)));
      limit /= shape.back();
    }
    std::shuffle(shape.begin(), shape.end(), rng_);
    return shape;
  }
  /// A new input with elements in [-1, 1).
  RandomTensor input(ops::Shape shape, DType type = DType::f32) {
    RandomTensor t{(rng_.chance(0.4) ? te::constant_placeholder : te::placeholder)(std::move(shape), name("p"), type)};
    if (!is_float(type)) t.low = -9, t.high = 9;
    inputs_.push_back(t.tensor);
    return t;
  }
  /// An input that broadcasts to `shape`: some dimensions 1, some leading ones missing.
  RandomTensor broadcast_input(const ops::Shape& shape, DType type = DType::f32) {
    ops::Shape own = shape;
    if (rng_.chance(0.5))
      for (std::int64_t& extent : own)
        if (rng_.chance(0.5)) extent = 1;
    if (rng_.chance(0.3)) own.erase(own.begin(), own.begin() + rng_.below(static_cast<std::int64_t>(own.size()) + 1));
    return input(std::move(own), type);
  }
  /// `x` brought into [low, high] by clipping, unless it is there already.
  RandomTensor clipped(const RandomTensor& x, double low, double high) {
    if (low <= x.low && x.high <= high) return x;
    RandomTensor result{ops::clip(x.tensor, low, high, name("clip")), low, high, x.exact};
    if (x.high < low || x.low > high) return result;
    result.low = std::max(low, x.low);
    result.high = std::min(high, x.high);
    return result;
  }
  /// A name that no other operation has.
  std::string name(const std::string& stem) { return stem + std::to_string(next_name_++); }
  const std::vector<te::Tensor>& inputs() const { return inputs_; }

 private:
  Rng& rng_;
  std::vector<te::Tensor> inputs_;
  int next_name_ = 0;
};

}  // namespace tilewright::support
