// Values of nodes at compile time. What only moves elements, and arithmetic on large weights, is done here; anything
// else is left to the reference interpreter of `te`, as long as it is small.

#include <algorithm>
#include <optional>

#include "base/integer.h"
#include "base/match.h"
#include "graph/array.h"
#include "graph/express.h"
#include "graph/graph.h"
#include "graph/strided.h"
#include "te/are_read.h"

namespace tilewright::graph {
namespace {

using Tensors = std::span<const runtime::Tensor>;
using runtime::Tensor;

/// Multiply-adds that the reference interpreter may do for one node at compile time: well below a second.
constexpr std::int64_t kInterpreterLimit = 1 << 20;

/// Elements of a value that is worked out at compile time and kept in the model.
constexpr std::int64_t kLargestConstant = 1 << 28;

std::optional<Tensor> move_elements(const Reshape& op, Tensors in) { return in[0].reshaped(op.shape); }
std::optional<Tensor> move_elements(const Identity&, Tensors in) { return in[0]; }

std::optional<Tensor> move_elements(const Transpose& op, Tensors in) {
  const Strided all = dense(in[0].shape());
  Shape shape;
  Strided from;
  for (const int d : op.order) {
    shape.push_back(in[0].shape()[static_cast<std::size_t>(d)]);
    from.strides.push_back(all.strides[static_cast<std::size_t>(d)]);
  }
  Tensor out(in[0].type(), shape);
  copy(shape, in[0], from, out, dense(shape));
  return out;
}

std::optional<Tensor> move_elements(const Slice& op, Tensors in) {
  Strided from = dense(in[0].shape());
  for (std::size_t d = 0; d < op.shape.size(); ++d) {
    from.base += op.starts[d] * from.strides[d];
    from.strides[d] *= op.steps[d];
  }
  Tensor out(in[0].type(), op.shape);
  copy(op.shape, in[0], from, out, dense(op.shape));
  return out;
}

std::optional<Tensor> move_elements(const Expand& op, Tensors in) {
  Tensor out(in[0].type(), op.shape);
  copy(op.shape, in[0], broadcast_to(in[0].shape(), op.shape), out, dense(op.shape));
  return out;
}

std::optional<Tensor> move_elements(const Concat& op, Tensors in) {
  const auto axis = static_cast<std::size_t>(op.axis);
  Shape shape = in[0].shape();
  for (const Tensor& next : in.subspan(1)) shape[axis] += next.shape()[axis];
  Tensor out(in[0].type(), shape);
  Strided to = dense(shape);
  for (const Tensor& piece : in) {
    copy(piece.shape(), piece, dense(piece.shape()), out, to);
    to.base += piece.shape()[axis] * to.strides[axis];
  }
  return out;
}

std::optional<Tensor> move_elements(const Pad& op, Tensors in) {
  Shape shape = in[0].shape();
  for (std::size_t d = 0; d < shape.size(); ++d) shape[d] += op.begin[d] + op.end[d];
  Tensor out(in[0].type(), shape);
  if (to_double(op.value) != 0)
    for (std::int64_t i = 0; i < out.elements(); ++i) set_element(out, i, op.value);
  Strided to = dense(shape);
  for (std::size_t d = 0; d < shape.size(); ++d) to.base += op.begin[d] * to.strides[d];
  copy(in[0].shape(), in[0], dense(in[0].shape()), out, to);
  return out;
}

std::optional<Tensor> move_elements(const Gather& op, Tensors in) {
  const auto axis = static_cast<std::size_t>(op.axis);
  const Shape& data = in[0].shape();
  const Shape outer(data.begin(), data.begin() + op.axis), inner(data.begin() + op.axis + 1, data.end());
  const std::vector<std::int64_t> indices = to_integers(in[1]);
  const auto count = static_cast<std::int64_t>(indices.size());
  Tensor out(in[0].type(), {product(outer), count, product(inner)});
  const Strided all = dense({product(outer), data[axis], product(inner)});
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t index = indices[static_cast<std::size_t>(i)];
    if (index < -data[axis] || index >= data[axis]) return std::nullopt;
    const Strided from{floor_mod(index, data[axis]) * product(inner), all.strides};
    Strided to = dense(out.shape());
    to.base = i * product(inner);
    copy({product(outer), 1, product(inner)}, in[0], from, out, to);
  }
  Shape shape = outer;
  shape.insert(shape.end(), in[1].shape().begin(), in[1].shape().end());
  shape.insert(shape.end(), inner.begin(), inner.end());
  return out.reshaped(shape);
}

/// Arithmetic of two f32 tensors, which weights of any size meet when scales are folded into them.
std::optional<Tensor> move_elements(const Binary& op, Tensors in) {
  const bool known = op.op == te::BinaryOp::add || op.op == te::BinaryOp::sub || op.op == te::BinaryOp::mul ||
                     op.op == te::BinaryOp::div;
  if (!known || in[0].type() != DType::f32) return std::nullopt;
  const TensorType types[] = {{in[0].type(), in[0].shape()}, {in[1].type(), in[1].shape()}};
  Tensor out(DType::f32, infer(op, types)->shape);
  const auto a = in[0].as<float>(), b = in[1].as<float>();
  const auto result = out.as<float>();
  std::size_t i = 0;
  const auto fill = [&](const auto& f) {
    for_each_pair(out.shape(), broadcast_to(in[0].shape(), out.shape()), broadcast_to(in[1].shape(), out.shape()),
                  [&](std::int64_t x, std::int64_t y) {
                    result[i++] = f(a[static_cast<std::size_t>(x)], b[static_cast<std::size_t>(y)]);
                  });
  };
  if (op.op == te::BinaryOp::add) fill(std::plus<>());
  if (op.op == te::BinaryOp::sub) fill(std::minus<>());
  if (op.op == te::BinaryOp::mul) fill(std::multiplies<>());
  if (op.op == te::BinaryOp::div) fill(std::divides<>());
  return out;
}

template <class Other>
std::optional<Tensor> move_elements(const Other&, Tensors) {
  return std::nullopt;
}

std::int64_t work(const te::Dag& dag) {
  std::int64_t total = 0;
  for (const te::Tensor& op : dag.ops()) {
    std::int64_t each = 1;
    for (const te::AxisRef& axis : op->reduce_axes) each *= axis->extent;
    total += op->is_placeholder() ? 0 : op->elements() * each;
  }
  return total;
}

}  // namespace

Result<Tensor> evaluate(const Op& op, std::span<const Tensor> inputs) {
  std::vector<TensorType> types;
  for (const Tensor& input : inputs) types.push_back({input.type(), input.shape()});
  if (const Result<TensorType> type = infer(op, types); !type)
    return type.failure();
  else if (product(type->shape) > kLargestConstant)
    return failure("its value is too large to be kept");
  if (std::optional<Tensor> moved = match_variant(op, [&](const auto& o) { return move_elements(o, inputs); }))
    return *moved;
  if (std::holds_alternative<Gather>(op)) return failure("an index is out of range");
  if (!is_expressible(op)) return failure("{} is not evaluated at compile time", name_of(op));

  std::vector<te::Tensor> arguments;
  std::vector<Operand> operands;
  std::vector<te::Array> values;
  for (const Tensor& input : inputs) {
    if (input.elements() > kInterpreterLimit) return failure("too large to be interpreted at compile time");
    arguments.push_back(te::placeholder(input.shape(), fmt::format("p{}", arguments.size()), input.type()));
    operands.push_back({arguments.back(), std::nullopt});
    values.push_back(to_array(input));
  }
  const te::Tensor result = express(op, operands);
  te::drop_unread(arguments, values, result);
  arguments.push_back(result);
  const te::DagRef dag = te::Dag::make(arguments);
  if (work(*dag) > kInterpreterLimit) return failure("too large to be interpreted at compile time");
  return to_tensor(te::interpret(*dag, values)[0]);
}

}  // namespace tilewright::graph
