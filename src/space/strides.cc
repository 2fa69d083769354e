#include "space/strides.h"

#include <algorithm>
#include <numeric>

namespace tilewright::space {
namespace {

using te::BinaryOp;
using te::Expr;

std::optional<std::int64_t> constant_of(const Expr& e) {
  const te::Constant* constant = te::as<te::Constant>(e);
  if (!constant || !std::holds_alternative<std::int64_t>(constant->value)) return std::nullopt;
  return std::get<std::int64_t>(constant->value);
}

bool depends_on(const Expr& e, const te::Axis& axis) {
  if (const te::AxisIndex* index = te::as<te::AxisIndex>(e)) return index->axis.get() == &axis;
  bool found = false;
  te::for_each_child(e, [&](const Expr& child) { found = found || depends_on(child, axis); });
  return found;
}

/// By how much `e` grows with the axis; nothing if not by a constant.
std::optional<std::int64_t> coefficient(const Expr& e, const te::Axis& axis) {
  if (!depends_on(e, axis)) return 0;
  if (te::as<te::AxisIndex>(e)) return 1;
  const te::Binary* binary = te::as<te::Binary>(e);
  if (!binary) return std::nullopt;
  const auto a = coefficient(binary->a, axis), b = coefficient(binary->b, axis);
  if (!a || !b) return std::nullopt;
  if (binary->op == BinaryOp::add) return *a + *b;
  if (binary->op == BinaryOp::sub) return *a - *b;
  if (binary->op != BinaryOp::mul) return std::nullopt;
  if (const auto factor = constant_of(binary->b)) return *a * *factor;
  if (const auto factor = constant_of(binary->a)) return *b * *factor;
  return std::nullopt;
}

std::vector<std::optional<std::int64_t>> strides(const te::Load& load, const std::vector<te::AxisRef>& axes) {
  std::vector<std::optional<std::int64_t>> result;
  for (const te::AxisRef& axis : axes) {
    std::optional<std::int64_t> sum = 0;
    std::int64_t pitch = 1;
    for (std::size_t d = load.indices.size(); d-- > 0; pitch *= load.tensor->shape[d]) {
      const auto c = coefficient(load.indices[d], *axis);
      sum = sum && c ? std::optional(*sum + *c * pitch) : std::nullopt;
    }
    result.push_back(sum);
  }
  return result;
}

/// What is added to a sum, if that is a constant.
std::int64_t shift_of(const Expr& e) {
  const te::Binary* sum = te::as<te::Binary>(e);
  if (!sum || sum->op != BinaryOp::add) return 0;
  return constant_of(sum->b).value_or(0) + constant_of(sum->a).value_or(0);
}

void collect_runs(const Expr& e, const te::Axis& axis, std::int64_t& run) {
  if (const te::Binary* binary = te::as<te::Binary>(e); binary && binary->op == BinaryOp::floor_div)
    if (const auto divisor = constant_of(binary->b); divisor && depends_on(binary->a, axis))
      run = std::gcd(std::gcd(run, *divisor), shift_of(binary->a));
  te::for_each_child(e, [&](const Expr& child) { collect_runs(child, axis, run); });
}

}  // namespace

std::vector<LoadStrides> strides_of(const te::Operation& op) {
  std::vector<LoadStrides> result;
  for (const te::Load* load : te::loads_of(op.body))
    result.push_back({load->tensor.get(), strides(*load, op.axes), strides(*load, op.reduce_axes)});
  return result;
}

bool is_zero(const std::optional<std::int64_t>& stride) { return stride && *stride == 0; }

bool reuses_vectors(const std::vector<LoadStrides>& loads, std::size_t axis, std::size_t vector_axis) {
  return std::any_of(loads.begin(), loads.end(), [&](const LoadStrides& load) {
    return !is_zero(load.spatial[vector_axis]) && is_zero(load.spatial[axis]);
  });
}

std::int64_t constant_run(const te::Operation& op, const te::Axis& axis) {
  std::int64_t run = 0;
  collect_runs(op.body, axis, run);
  return run;
}

int unit_stride_axis(const te::Operation& op) {
  for (std::size_t a = op.axes.size(); a-- > 0;)
    if (op.axes[a]->extent > 1) return static_cast<int>(a);
  return -1;
}

}  // namespace tilewright::space
