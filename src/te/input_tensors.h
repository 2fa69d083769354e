#pragma once

#include "te/interpreter.h"

namespace tilewright::te {

/// One array per operation of `dag`: the inputs in their places, the others empty.
/// Errors: InternalError when an input is missing or has another type or shape.
std::vector<Array> input_tensors(const Dag& dag, std::span<const Array> inputs);

}  // namespace tilewright::te
