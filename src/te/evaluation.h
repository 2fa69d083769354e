#pragma once

#include "te/interpreter.h"

namespace tilewright::te {

// What walks a DAG with numbers needs: the interpreter, and that of error bounds.

/// Steps `point` through `shape` in row-major order; false, back at the start, after the last point.
inline bool next_point(std::vector<std::int64_t>& point, std::span<const std::int64_t> shape) {
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (++point[i] < shape[i]) return true;
    point[i] = 0;
  }
  return false;
}

/// One array per operation of `dag`: the inputs in their places, the others empty.
/// Errors: InternalError when an input is missing or has another type or shape.
std::vector<Array> input_tensors(const Dag& dag, std::span<const Array> inputs);

}  // namespace tilewright::te
