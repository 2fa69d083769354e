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

/// Arrays of uniform values in [-1, 1) (floats), small integers, or booleans, one per input.
std::vector<Array> random_inputs(const Dag& dag, std::uint64_t seed);

/// The largest error that reordering and fused rounding may cause in an f32 kernel of this DAG, relative to the
/// largest magnitude that flows into an output: eps * (2 + longest chain of additions), summed along the DAG.
double tolerance(const Dag& dag);

}  // namespace tilewright::te
