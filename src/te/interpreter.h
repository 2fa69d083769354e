#pragma once

#include <span>
#include <vector>

#include "base/number.h"
#include "te/dag.h"

namespace tilewright::te {

/// A dense row-major array for the reference interpreter, every element held exactly.
struct Array {
  DType type = DType::f32;
  std::vector<std::int64_t> shape;
  std::vector<double> values;          ///< of a float type: the elements; else empty
  std::vector<std::int64_t> integers;  ///< of an integer type or bool: the elements; else empty

  Array() = default;
  /// `elements`: values of the type, whatever it is.
  Array(DType type, std::vector<std::int64_t> shape, std::vector<double> elements = {});
  /// How many elements the shape says, and how many there are.
  std::int64_t elements() const;
  std::size_t size() const { return is_float(type) ? values.size() : integers.size(); }
  Number at(std::size_t i) const { return is_float(type) ? Number(values[i]) : Number(integers[i]); }
  /// Adds an element: a value of the type.
  void append(const Number& value);
};

/// Evaluates the DAG element by element, straight from its definition: slow and obviously right, the oracle behind
/// every lowered program. Float arithmetic is done in double and rounded to the tensor's type only when a tensor
/// element is stored, so results are at least as exact as any kernel's. Integers wrap at every operation. What has no
/// answer among the integers has the one of docs/decisions/0018. Threads: pure. `inputs`: one per dag.inputs(), in
/// order. Returns one array per dag.outputs(). Errors: InternalError naming the tensor and index when a load is out of
/// bounds, or on a shape mismatch.
std::vector<Array> interpret(const Dag& dag, std::span<const Array> inputs);

/// Arrays of uniform values in [-1, 1) that the type holds exactly (floats), integers from -9 (u8: 0) to 9, or
/// booleans, one per input, in order.
std::vector<Array> random_inputs(const Dag& dag, std::uint64_t seed);

/// The largest error that reordering and fused rounding may cause in an f32 kernel of this DAG, relative to the largest
/// magnitude M that flows into an output. Threads: pure.
///
/// Derivation  One rounding errs by at most u * M, u = 2^-24 (Higham, "Accuracy and Stability of Numerical Algorithms",
///             2002, §2.2); a sum of n terms in any order, with or without fused multiply-adds, by at most n * u * M
///             to first order (§4.2). So an operation adds u * (r + n + 2): r roundings in its body (two a math
///             function), n the length of its sum, 1 for the store and 1 for terms of second order. Errors of earlier
///             operations pass on unscaled, as if every derivative were 1; a factor 2 is there for those above.
/// Limits      No bound where a derivative is large (1/x near 0) or values cancel: `interpret_with_bounds`
///             (te/error_bound.h) follows the actual values and is the one to test with.
double tolerance(const Dag& dag);

}  // namespace tilewright::te
