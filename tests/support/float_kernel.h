#pragma once

#include <cmath>
#include <map>
#include <span>
#include <vector>

#include "te/interpreter.h"

namespace tilewright::support {

/// A stand-in for a compiled kernel: evaluates bodies in single precision, rounding every operation, and sums from the
/// last element to the first. Bodies are walked as trees; integers stay below 2^24, so they are exact here.
class FloatKernel {
 public:
  FloatKernel(const te::Dag& dag, const std::vector<te::Array>& tensors) : dag_(dag), tensors_(tensors) {}

  float element(const te::Operation& op, std::span<const std::int64_t> point) {
    for (std::size_t d = 0; d < point.size(); ++d) axes_[op.axes[d].get()] = static_cast<float>(point[d]);
    const te::Reduce* reduction = te::as<te::Reduce>(op.body);
    if (!reduction) return evaluate(op.body);
    std::int64_t count = 1;
    for (const te::AxisRef& axis : op.reduce_axes) count *= axis->extent;
    float result = 0;
    for (std::int64_t n = count; n-- > 0;) {
      std::int64_t rest = n;
      for (std::size_t d = op.reduce_axes.size(); d-- > 0; rest /= op.reduce_axes[d]->extent)
        axes_[op.reduce_axes[d].get()] = static_cast<float>(rest % op.reduce_axes[d]->extent);
      const float term = evaluate(reduction->source);
      result = n == count - 1 ? term : combine(reduction->combiner, result, term);
    }
    return result;
  }

 private:
  static float combine(te::Combiner combiner, float a, float b) {
    if (combiner == te::Combiner::sum) return a + b;
    if (combiner == te::Combiner::prod) return a * b;
    return combiner == te::Combiner::max ? std::max(a, b) : std::min(a, b);
  }

  static float math(te::UnaryOp op, float a) {
    switch (op) {
      case te::UnaryOp::neg:
        return -a;
      case te::UnaryOp::abs:
        return std::fabs(a);
      case te::UnaryOp::logical_not:
        return a == 0 ? 1 : 0;
      case te::UnaryOp::exp:
        return std::exp(a);
      case te::UnaryOp::expm1:
        return std::expm1(a);
      case te::UnaryOp::log:
        return std::log(a);
      case te::UnaryOp::log1p:
        return std::log1p(a);
      case te::UnaryOp::sqrt:
        return std::sqrt(a);
      case te::UnaryOp::rsqrt:
        return 1 / std::sqrt(a);
      case te::UnaryOp::tanh:
        return std::tanh(a);
      case te::UnaryOp::sigmoid:
        return 1 / (1 + std::exp(-a));
      case te::UnaryOp::erf:
        return std::erf(a);
      case te::UnaryOp::sin:
        return std::sin(a);
      case te::UnaryOp::cos:
        return std::cos(a);
      case te::UnaryOp::tan:
        return std::tan(a);
      case te::UnaryOp::asin:
        return std::asin(a);
      case te::UnaryOp::acos:
        return std::acos(a);
      case te::UnaryOp::atan:
        return std::atan(a);
      case te::UnaryOp::sinh:
        return std::sinh(a);
      case te::UnaryOp::cosh:
        return std::cosh(a);
      case te::UnaryOp::asinh:
        return std::asinh(a);
      case te::UnaryOp::acosh:
        return std::acosh(a);
      case te::UnaryOp::atanh:
        return std::atanh(a);
      case te::UnaryOp::floor:
        return std::floor(a);
      case te::UnaryOp::ceil:
        return std::ceil(a);
      case te::UnaryOp::round:
        return std::nearbyint(a);
    }
    return 0;
  }

  static float arithmetic(te::BinaryOp op, bool integers, float a, float b) {
    switch (op) {
      case te::BinaryOp::add:
        return a + b;
      case te::BinaryOp::sub:
        return a - b;
      case te::BinaryOp::mul:
        return a * b;
      case te::BinaryOp::div:
        return integers ? std::trunc(a / b) : a / b;
      case te::BinaryOp::floor_div:
        return std::floor(a / b);
      case te::BinaryOp::floor_mod:
        return a - b * std::floor(a / b);
      case te::BinaryOp::fmod:
        return std::fmod(a, b);
      case te::BinaryOp::bit_and:
        return static_cast<float>(static_cast<int>(a) & static_cast<int>(b));
      case te::BinaryOp::bit_or:
        return static_cast<float>(static_cast<int>(a) | static_cast<int>(b));
      case te::BinaryOp::bit_xor:
        return static_cast<float>(static_cast<int>(a) ^ static_cast<int>(b));
      case te::BinaryOp::min:
        return std::min(a, b);
      case te::BinaryOp::max:
        return std::max(a, b);
      case te::BinaryOp::pow:
        return std::pow(a, b);
      case te::BinaryOp::eq:
        return a == b;
      case te::BinaryOp::ne:
        return a != b;
      case te::BinaryOp::lt:
        return a < b;
      case te::BinaryOp::le:
        return a <= b;
      case te::BinaryOp::gt:
        return a > b;
      case te::BinaryOp::ge:
        return a >= b;
      case te::BinaryOp::logical_and:
      case te::BinaryOp::logical_or:
        break;
    }
    return 0;
  }

  float evaluate(const te::Expr& e) const {
    return te::match(
        e, [](const te::Constant& n) { return static_cast<float>(to_double(n.value)); },
        [&](const te::AxisIndex& n) { return axes_.at(n.axis.get()); },
        [&](const te::Unary& n) { return math(n.op, evaluate(n.a)); },
        [&](const te::Binary& n) -> float {
          if (n.op == te::BinaryOp::logical_and) return evaluate(n.a) != 0 && evaluate(n.b) != 0;
          if (n.op == te::BinaryOp::logical_or) return evaluate(n.a) != 0 || evaluate(n.b) != 0;
          return arithmetic(n.op, !is_float(n.a.type()), evaluate(n.a), evaluate(n.b));
        },
        [&](const te::Select& n) { return evaluate(evaluate(n.condition) != 0 ? n.on_true : n.on_false); },
        [&](const te::Cast& n) { return is_float(e.type()) ? evaluate(n.a) : std::trunc(evaluate(n.a)); },
        [&](const te::Load& n) {
          std::int64_t offset = 0;
          for (std::size_t d = 0; d < n.indices.size(); ++d)
            offset = offset * n.tensor->shape[d] + static_cast<std::int64_t>(evaluate(n.indices[d]));
          const auto tensor = static_cast<std::size_t>(dag_.index_of(n.tensor.get()));
          return static_cast<float>(to_double(tensors_[tensor].at(static_cast<std::size_t>(offset))));
        },
        [](const te::Reduce&) { return 0.0F; });
  }

  const te::Dag& dag_;
  const std::vector<te::Array>& tensors_;
  std::map<const te::Axis*, float> axes_;
};

/// The outputs of the DAG computed in single precision.
inline std::vector<te::Array> run_in_floats(const te::Dag& dag, std::span<const te::Array> inputs) {
  std::vector<te::Array> tensors(dag.ops().size()), outputs;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    tensors[static_cast<std::size_t>(dag.index_of(dag.inputs()[i].op().get()))] = inputs[i];
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const te::Operation& op = *dag.ops()[i];
    if (op.is_placeholder()) continue;
    tensors[i] = te::Array(op.type, op.shape);
    FloatKernel kernel(dag, tensors);
    for (std::int64_t n = 0; n < op.elements(); ++n) {
      std::vector<std::int64_t> point(op.shape.size());
      std::int64_t rest = n;
      for (std::size_t d = op.shape.size(); d-- > 0; rest /= op.shape[d]) point[d] = rest % op.shape[d];
      tensors[i].append(kernel.element(op, point));
    }
  }
  for (const te::Tensor& output : dag.outputs())
    outputs.push_back(tensors[static_cast<std::size_t>(dag.index_of(output.op().get()))]);
  return outputs;
}

}  // namespace tilewright::support
