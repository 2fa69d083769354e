#pragma once

#include <optional>
#include <span>

#include "graph/op.h"
#include "te/tensor.h"

namespace tilewright::graph {

/// What an operator reads: a tensor, or a constant written into the expression.
struct Operand {
  te::Tensor tensor;
  std::optional<Number> scalar;  ///< then `tensor` is null
  DType scalar_type = DType::f32;
};

/// Whether `express` has an expression for the operator: not for convolutions and pools in nchw, batch_norm and gather.
bool is_expressible(const Op& op);

/// The operator as tensor expressions, of type and shape as `infer` gives them. Scalars are for elementwise operators
/// only, and never all of the operands. Errors: InternalError for operators without an expression.
te::Tensor express(const Op& op, std::span<const Operand> operands);

}  // namespace tilewright::graph
