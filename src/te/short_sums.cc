#include "te/short_sums.h"

#include <algorithm>
#include <cmath>

#include "base/integer.h"

namespace tilewright::te {
namespace {

/// Partial sums that may be kept without regard to their memory: 16 MiB of them.
constexpr std::int64_t kManyParts = 1 << 22;

std::int64_t terms_of(const Operation& op) {
  std::int64_t terms = 1;
  for (const AxisRef& axis : op.reduce_axes) terms *= axis->extent;
  return terms;
}

bool is_too_long(const Operation& op) {
  if (op.is_placeholder() || op.type != DType::f32) return false;
  const Reduce* reduction = as<Reduce>(op.body);
  return reduction && reduction->combiner == Combiner::sum && terms_of(op) > kLongestSum;
}

/// Parts of the longest axis, and the terms of each along it; the last may have fewer.
struct Split {
  AxisRef axis;
  std::int64_t parts = 1, length = 1;
};

Split split_of(const Operation& op) {
  const std::int64_t terms = terms_of(op);
  const AxisRef axis = *std::max_element(op.reduce_axes.begin(), op.reduce_axes.end(),
                                         [](const AxisRef& a, const AxisRef& b) { return a->extent < b->extent; });
  const auto balanced = static_cast<std::int64_t>(std::sqrt(static_cast<double>(terms)));
  const std::int64_t fewest = ceil_div(terms, kLongestSum), most = kManyParts / op.elements();
  const std::int64_t parts = std::min(std::max(fewest, std::min(balanced, most)), axis->extent);
  std::int64_t length = ceil_div(axis->extent, parts);
  const std::vector<std::int64_t> even = divisors(axis->extent);  // without a test for the end in every part
  const auto next = std::lower_bound(even.begin(), even.end(), ceil_div(length, 2));
  if (next != even.end() && *next <= length) length = *(std::upper_bound(next, even.end(), length) - 1);
  return {axis, ceil_div(axis->extent, length), length};
}

/// The sums of the parts: one more dimension, the first.
Tensor parts_of(const Operation& op, const Split& split) {
  std::vector<std::int64_t> shape{split.parts};
  std::vector<std::string> names{split.axis->name + "_part"};
  shape.insert(shape.end(), op.shape.begin(), op.shape.end());
  for (const AxisRef& axis : op.axes) names.push_back(axis->name);
  const auto body = [&](std::span<const Expr> at) {
    std::vector<std::pair<const Axis*, Expr>> by;
    for (std::size_t d = 0; d < op.axes.size(); ++d) by.emplace_back(op.axes[d].get(), at[d + 1]);
    std::vector<AxisRef> axes;
    Expr position = at[0];
    for (const AxisRef& axis : op.reduce_axes) {
      if (axis == split.axis && split.length == 1) continue;
      axes.push_back(reduce_axis(axis == split.axis ? split.length : axis->extent, axis->name));
      if (axis == split.axis)
        position = at[0] * integer(split.length) + Expr(axes.back());
      else
        by.emplace_back(axis.get(), Expr(axes.back()));
    }
    by.emplace_back(split.axis.get(), position);
    Expr source = substitute(as<Reduce>(op.body)->source, by);
    if (split.parts * split.length > split.axis->extent)
      source = select(position < integer(split.axis->extent), source, constant(op.type, 0));
    return axes.empty() ? source : sum(source, axes);
  };
  return compute(std::move(shape), op.name + "_parts", body, std::move(names), op.attributes);
}

/// The operation in two stages.
Tensor in_parts(const Operation& op) {
  const Split split = split_of(op);
  const Tensor parts = parts_of(op, split);
  const AxisRef part = reduce_axis(split.parts, split.axis->name);
  std::vector<std::string> names;
  for (const AxisRef& axis : op.axes) names.push_back(axis->name);
  const auto body = [&](std::span<const Expr> at) {
    std::vector<Expr> index{Expr(part)};
    index.insert(index.end(), at.begin(), at.end());
    return sum(parts(std::move(index)), {part});
  };
  return compute(op.shape, op.name, body, std::move(names));
}

}  // namespace

DagRef shorten_sums(DagRef dag) {
  while (true) {
    const auto& ops = dag->ops();
    const auto found = std::find_if(ops.begin(), ops.end(), [](const Tensor& op) { return is_too_long(*op); });
    if (found == ops.end()) return dag;
    dag = replace(*dag, {{found->op().get(), in_parts(**found)}});
  }
}

}  // namespace tilewright::te
