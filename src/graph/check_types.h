#pragma once

#include <span>

#include "graph/graph.h"

namespace tilewright::graph {

/// Whether there is an expression for the operator on inputs of these types, which `infer` knows to have fitting
/// shapes. Asks the expressions themselves, so that an import that succeeds and a compilation can't disagree. Failure:
/// which type is expected where.
Status check_types(const Op& op, std::span<const TensorType> inputs);

}  // namespace tilewright::graph
