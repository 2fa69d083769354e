#include "graph/check_types.h"

#include <algorithm>

#include "base/match.h"
#include "graph/empty.h"
#include "graph/express.h"

namespace tilewright::graph {
namespace {

using OperandTypes = std::vector<TensorType>;

void to_channels_last(Shape& nchw) { nchw = {nchw[0], nchw[2], nchw[3], nchw[1]}; }

/// Convolutions and pools as the pass to_nhwc leaves them: only those have expressions.
Op in_nhwc(Conv op, OperandTypes& types) {
  if (op.layout == Layout::nhwc) return op;
  const std::int64_t channels = types[0].shape[1];
  const Shape oihw = types[1].shape;
  to_channels_last(types[0].shape);
  types[1].shape = {oihw[2], oihw[3], oihw[1], oihw[0]};
  if (op.groups == channels && op.groups > 1) types[1].shape = {oihw[2], oihw[3], channels, oihw[0] / channels};
  op.layout = Layout::nhwc;
  return op;
}
Op in_nhwc(Pool op, OperandTypes& types) {
  if (op.layout == Layout::nhwc) return op;
  to_channels_last(types[0].shape);
  op.layout = Layout::nhwc;
  return op;
}
template <class Other>
Op in_nhwc(const Other& op, OperandTypes&) {
  return op;
}

Status check_parameters(const OperandTypes& types) {
  if (!is_float(types[0].type))
    return failure("its data has type {}, expected a float type", tilewright::to_text(types[0].type));
  for (const TensorType& parameter : types)
    if (parameter.type != types[0].type)
      return failure("types {} and {} differ", tilewright::to_text(types[0].type), tilewright::to_text(parameter.type));
  return {};
}

}  // namespace

Status check_types(const Op& op, std::span<const TensorType> inputs) {
  OperandTypes types(inputs.begin(), inputs.end());
  if (std::any_of(types.begin(), types.end(), [](const TensorType& type) { return is_empty(type.shape); })) return {};
  if (std::holds_alternative<BatchNorm>(op)) return check_parameters(types);
  if (std::holds_alternative<Concat>(op)) return {};  // joins what `infer` lets it join
  const Op expressible = match_variant(op, [&](const auto& o) { return in_nhwc(o, types); });
  std::vector<Operand> operands;
  for (const TensorType& type : types)
    operands.push_back({te::placeholder(type.shape, fmt::format("input {}", operands.size()), type.type), {}, {}});
  try {
    express(expressible, operands);
  } catch (const Error& error) {
    return Failure{error.what()};
  }
  return {};
}

}  // namespace tilewright::graph
