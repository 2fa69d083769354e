#pragma once

#include <span>
#include <vector>

#include "te/dag.h"

namespace tilewright::te {

/// A dense row-major array for the reference interpreter, every element held as double or int64 (exact for all types).
struct Array {
  DType type = DType::f32;
  std::vector<std::int64_t> shape;
  std::vector<double> values;  ///< integers up to 2^53 are exact
  std::int64_t elements() const;
};

/// Evaluates the DAG element by element, straight from its definition: slow and obviously right, the oracle behind
/// every lowered program. Float arithmetic is done in double and rounded to the tensor's type only when a tensor
/// element is stored, so results are at least as exact as any kernel's. Threads: pure.
/// `inputs`: one per dag.inputs(), in order. Returns one array per dag.outputs().
/// Errors: InternalError naming the tensor and index when a load is out of bounds, or on a shape mismatch.
std::vector<Array> interpret(const Dag& dag, std::span<const Array> inputs);

/// Arrays of uniform values in [-1, 1) that the type holds exactly (floats), integers from -9 (u8: 0) to 9, or booleans, one per
/// input, in order.
std::vector<Array> random_inputs(const Dag& dag, std::uint64_t seed);

/// The largest error that reordering and fused rounding may cause in an f32 kernel of this DAG, relative to the largest
/// magnitude M that flows into an output. Threads: pure.
///
/// Derivation  One rounding errs by at most u * M, u = 2^-24 (Higham, "Accuracy and Stability of Numerical Algorithms",
///             2002, §2.2); a sum of n terms in any order, with or without fused multiply-adds, by at most
///             n * u * M to first order (§4.2). So an operation adds u * (r + n + 2): r roundings in its body (two a
///             math function: libraries promise 1 ulp = 2u), n the length of its sum, 1 for the store and 1 for second-order terms. Errors of earlier
///             operations pass through later ones scaled by their derivatives, taken as at most 1 on average; a factor 2
///             covers both sides' own error and that. No bound where a derivative is large (1/x near 0): there,
///             and wherever values cancel, use `interpret_with_bounds`.
double tolerance(const Dag& dag);

}  // namespace tilewright::te
