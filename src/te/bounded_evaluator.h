#pragma once

#include "te/evaluator.h"

namespace tilewright::te {

/// A value of the reference and the largest distance of a kernel's value from it.
struct Bounded {
  double value = 0, error = 0;
  std::int64_t whole = 0;  ///< of an integer or bool: `value` exactly
  double low() const { return value - error; }
  double high() const { return value + error; }
};

/// Evaluates a body like Evaluator, with error bounds (the model is in error_bound.h).
class BoundedEvaluator : private Evaluator {
 public:
  /// `bounds[i]` holds the error bounds of the elements of `tensors[i]`; empty: they are exact.
  BoundedEvaluator(const Dag& dag, int op, const std::vector<Array>& tensors,
                   const std::vector<std::vector<double>>& bounds)
      : Evaluator(dag, op, tensors), bounds_(bounds) {}

  /// The body at `point`, rounded to the tensor's type.
  Bounded operator()(std::span<const std::int64_t> point);

 private:
  Bounded reduction(const Reduce& reduction);
  Bounded evaluate(int node) const;
  Bounded binary(const Binary& op, const Node& node, DType type) const;
  Bounded select(const Node& node) const;
  Bounded load(const Node& node, const Load& load) const;

  const std::vector<std::vector<double>>& bounds_;
};

}  // namespace tilewright::te
