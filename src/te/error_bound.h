#pragma once

#include "te/interpreter.h"

namespace tilewright::te {

/// Outputs of the reference interpreter and, element by element, how far from them a correct f32 kernel may be.
struct BoundedArray {
  Array array;
  std::vector<double> bound;  ///< absolute; infinity where nothing can be said (1/x around 0)

  /// Position of the first element of `found`, of the same type, that is outside of its bound (or not NaN where the
  /// reference is), or -1.
  std::int64_t first_mismatch(const Array& found) const;
};

/// Interprets the DAG and propagates rounding errors next to the values (running error analysis: Higham, "Accuracy
/// and Stability of Numerical Algorithms", 2002, §3.3).
///
/// Covers   kernels that round every operation to f32 or fuse multiply-adds, sum in any order, inline or store any
///          intermediate, and use math functions within 4 ulp. bf16 and f64 tensors round to their own types.
/// Model    with u = 2^-24: a + b errs by ea + eb + u|a + b|; a * b by |a| eb + |b| ea + ea eb + u|a * b|; a sum of n
///          terms t by the sum of their errors + n u sum|t|; monotone functions and quotients at the ends of the
///          operands' intervals; a comparison that the errors leave open may take either branch.
/// Threads: pure. Errors: as interpret.
std::vector<BoundedArray> interpret_with_bounds(const Dag& dag, std::span<const Array> inputs);

}  // namespace tilewright::te
