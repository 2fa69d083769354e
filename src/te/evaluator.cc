#include "te/evaluator.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/rounding.h"
#include "te/comparison.h"
#include "te/fold.h"

namespace tilewright::te {

double apply(UnaryOp op, double a) {
  switch (op) {
    case UnaryOp::neg:
      return -a;
    case UnaryOp::abs:
      return std::fabs(a);
    case UnaryOp::exp:
      return std::exp(a);
    case UnaryOp::log:
      return std::log(a);
    case UnaryOp::sqrt:
      return std::sqrt(a);
    case UnaryOp::rsqrt:
      return 1 / std::sqrt(a);
    case UnaryOp::tanh:
      return std::tanh(a);
    case UnaryOp::sigmoid:
      return 1 / (1 + std::exp(-a));
    case UnaryOp::erf:
      return std::erf(a);
    case UnaryOp::sin:
      return std::sin(a);
    case UnaryOp::cos:
      return std::cos(a);
    case UnaryOp::tan:
      return std::tan(a);
    case UnaryOp::floor:
      return std::floor(a);
    case UnaryOp::ceil:
      return std::ceil(a);
    case UnaryOp::round:
      return std::nearbyint(a);
    case UnaryOp::expm1:
      return std::expm1(a);
    case UnaryOp::log1p:
      return std::log1p(a);
    case UnaryOp::asin:
      return std::asin(a);
    case UnaryOp::acos:
      return std::acos(a);
    case UnaryOp::atan:
      return std::atan(a);
    case UnaryOp::sinh:
      return std::sinh(a);
    case UnaryOp::cosh:
      return std::cosh(a);
    case UnaryOp::asinh:
      return std::asinh(a);
    case UnaryOp::acosh:
      return std::acosh(a);
    case UnaryOp::atanh:
      return std::atanh(a);
    case UnaryOp::logical_not:
      break;
  }
  TW_CHECK(false, "not a function of a real number");
}

double apply(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::add:
      return a + b;
    case BinaryOp::sub:
      return a - b;
    case BinaryOp::mul:
      return a * b;
    case BinaryOp::div:
      return a / b;
    case BinaryOp::min:
      return std::isnan(a) || std::isnan(b) ? std::nan("") : std::min(a, b);
    case BinaryOp::max:
      return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b);
    case BinaryOp::pow:
      return std::pow(a, b);
    case BinaryOp::fmod:
      return std::fmod(a, b);
    default:
      break;
  }
  TW_CHECK(false, "not a function of two real numbers");
}

Evaluator::Evaluator(const Dag& dag, int op, const std::vector<Array>& tensors)
    : op_(*dag.ops()[static_cast<std::size_t>(op)]),
      tensors_(tensors),
      point_(op_.axes.size() + op_.reduce_axes.size()) {
  const Reduce* reduction = as<Reduce>(op_.body);
  root_ = flatten(dag, reduction ? reduction->source : op_.body);
}

int Evaluator::flatten(const Dag& dag, const Expr& e) {
  Node node{.expr = e};
  for_each_child(e, [&](const Expr& child) { node.operands.push_back(flatten(dag, child)); });
  if (const Load* load = as<Load>(e)) node.slot = dag.index_of(load->tensor.get());
  if (const AxisIndex* index = as<AxisIndex>(e)) {
    const std::vector<AxisRef>& axes = index->axis->reduce ? op_.reduce_axes : op_.axes;
    const auto position = std::find(axes.begin(), axes.end(), index->axis) - axes.begin();
    node.slot = static_cast<int>(position) + static_cast<int>(index->axis->reduce ? op_.axes.size() : 0);
  }
  nodes_.push_back(std::move(node));
  return static_cast<int>(nodes_.size()) - 1;
}

Number Evaluator::operator()(std::span<const std::int64_t> point) {
  move_to(point);
  const Reduce* reduction = as<Reduce>(op_.body);
  const Number result = reduction ? evaluate_reduction(*reduction) : value(root_);
  return is_float(op_.type) ? round_float(op_.type, std::get<double>(result)) : result;
}

void Evaluator::move_to(std::span<const std::int64_t> point) {
  std::copy(point.begin(), point.end(), point_.begin());
  std::fill(point_.begin() + static_cast<std::ptrdiff_t>(point.size()), point_.end(), 0);
}

Number Evaluator::evaluate_reduction(const Reduce& reduction) {
  const BinaryOp op = operation_of(reduction.combiner);
  Number result = as<Constant>(identity(reduction.combiner, op_.type))->value;
  do {
    match_variant(
        result, [&](double& so_far) { so_far = apply(op, so_far, real(root_)); },
        [&](std::int64_t& so_far) { so_far = wrapping_arithmetic(op, op_.type, so_far, whole(root_)); });
  } while (next_reduction_point());
  return result;
}

bool Evaluator::next_reduction_point() {
  for (std::size_t i = op_.reduce_axes.size(); i-- > 0;) {
    std::int64_t& index = point_[op_.axes.size() + i];
    if (++index < op_.reduce_axes[i]->extent) return true;
    index = 0;
  }
  return false;
}

Number Evaluator::value(int node) const { return is_real(node) ? Number(real(node)) : Number(whole(node)); }

double Evaluator::real(int n) const {
  const Node& node = at(n);
  return match(
      node.expr, [](const Constant& c) { return std::get<double>(c.value); },
      [&](const Unary& u) { return apply(u.op, real(operand(node, 0))); },
      [&](const Binary& b) { return apply(b.op, real(operand(node, 0)), real(operand(node, 1))); },
      [&](const Select&) { return real(operand(node, whole(operand(node, 0)) != 0 ? 1 : 2)); },
      [&](const Cast&) { return to_float(node.expr.type(), value(operand(node, 0))); },
      [&](const Load& l) { return loaded(node).values[offset(node, l)]; },
      [](const AxisIndex&) -> double { TW_CHECK(false, "an axis is an integer"); },
      [](const Reduce&) -> double { TW_CHECK(false, "a reduction stands at the root"); });
}

std::int64_t Evaluator::whole(int n) const {
  const Node& node = at(n);
  return match(
      node.expr, [](const Constant& c) { return std::get<std::int64_t>(c.value); },
      [&](const AxisIndex&) { return point_[static_cast<std::size_t>(node.slot)]; },
      [&](const Unary& u) { return wrapping_arithmetic(u.op, node.expr.type(), whole(operand(node, 0))); },
      [&](const Binary& b) { return whole_binary(node, b); },
      [&](const Select&) { return whole(operand(node, whole(operand(node, 0)) != 0 ? 1 : 2)); },
      [&](const Cast&) { return to_integer(node.expr.type(), value(operand(node, 0))); },
      [&](const Load& l) { return loaded(node).integers[offset(node, l)]; },
      [](const Reduce&) -> std::int64_t { TW_CHECK(false, "a reduction stands at the root"); });
}

std::int64_t Evaluator::whole_binary(const Node& node, const Binary& b) const {
  const int left = operand(node, 0), right = operand(node, 1);
  if (b.op == BinaryOp::logical_and) return whole(left) != 0 && whole(right) != 0;
  if (b.op == BinaryOp::logical_or) return whole(left) != 0 || whole(right) != 0;
  if (is_comparison(b.op) && is_real(left)) return compare(b.op, real(left), real(right));
  return wrapping_arithmetic(b.op, node.expr.type(), whole(left), whole(right));
}

std::size_t Evaluator::offset(const Node& node, const Load& load) const {
  const std::vector<std::int64_t>& shape = load.tensor->shape;
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const std::int64_t index = whole(operand(node, d));
    TW_CHECK(0 <= index && index < shape[d], "{} at [{}]: index {} of dimension {} of {} is outside of 0..{}: {}",
             op_.name, fmt::join(point_, ", "), index, d, load.tensor->name, shape[d] - 1, to_text(node.expr));
    offset = offset * shape[d] + index;
  }
  return static_cast<std::size_t>(offset);
}

}  // namespace tilewright::te
