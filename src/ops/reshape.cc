#include <algorithm>

#include "base/integer.h"
#include "base/shape_text.h"
#include "ops/broadcast.h"
#include "ops/check.h"
#include "ops/shape.h"

namespace tilewright::ops {
namespace {

using te::Expr;
using te::Tensor;

/// Dimensions [from_begin, from_end) of the source and [to_begin, to_end) of the result that hold equally many
/// elements.
struct Group {
  std::size_t from_begin, from_end, to_begin, to_end;
};

/// The finest cut of both shapes into groups; dimensions of extent 1 left at the end go to the last group.
std::vector<Group> cut_into_groups(const Shape& from, const Shape& to) {
  std::vector<Group> groups;
  std::size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    Group group{i, i + 1, j, j + 1};
    std::int64_t source = from[i++], result = to[j++];
    while (source != result) source < result ? source *= from[i++] : result *= to[j++];
    group.from_end = i;
    group.to_end = j;
    groups.push_back(group);
  }
  if (groups.empty()) groups.push_back(Group{0, 0, 0, 0});
  groups.back().from_end = from.size();
  groups.back().to_end = to.size();
  return groups;
}

/// Appends the source indices of one group.
void index_group(const Group& g, const Shape& from, const Shape& to, std::span<const Expr> at,
                 std::vector<Expr>& indices) {
  if (g.from_end - g.from_begin == 1 && g.to_end - g.to_begin == 1) {
    indices.push_back(at[g.to_begin]);
    return;
  }
  Expr position = te::integer(0);
  for (std::size_t j = g.to_begin; j < g.to_end; ++j)
    if (to[j] > 1) position = position * te::integer(to[j]) + at[j];
  std::int64_t count = 1;  // elements of the group's dimensions from i on
  for (std::size_t i = g.from_begin; i < g.from_end; ++i) count *= from[i];
  bool outermost = true;
  for (std::size_t i = g.from_begin; i < g.from_end; ++i) {
    if (from[i] == 1) {
      indices.push_back(te::integer(0));
      continue;
    }
    count /= from[i];
    const Expr quotient = te::floor_div(position, te::integer(count));
    indices.push_back(outermost ? quotient : te::floor_mod(quotient, te::integer(from[i])));
    outermost = false;
  }
}

}  // namespace

Tensor reshape(const Tensor& x, const std::vector<std::int64_t>& shape, std::string name) {
  for (std::int64_t extent : shape)
    require(extent >= 1, "reshape: extent {} of {} must be at least 1", extent, shape_text(shape));
  require(product(shape) == x->elements(), "reshape: {} holds {} elements, {} holds {}", shape_text(x.shape()),
          x->elements(), shape_text(shape), product(shape));
  const std::vector<Group> groups = cut_into_groups(x.shape(), shape);
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> source;
        for (const Group& group : groups) index_group(group, x.shape(), shape, at, source);
        return x(std::move(source));
      },
      axis_names("ax", shape.size()));
}

Tensor flatten(const Tensor& x, int axis, std::string name) {
  require(-x.rank() <= axis && axis <= x.rank(), "flatten: axis {} is outside of [{}, {}]", axis, -x.rank(), x.rank());
  const int split = axis < 0 ? axis + x.rank() : axis;
  const auto middle = x.shape().begin() + split;
  const std::int64_t rows = product(std::span(x.shape().begin(), middle));
  return reshape(x, {rows, x->elements() / rows}, std::move(name));
}

Tensor squeeze(const Tensor& x, const std::vector<int>& axes, std::string name) {
  std::vector<bool> removed(x.shape().size());
  for (std::size_t d = 0; d < removed.size(); ++d) removed[d] = axes.empty() && x.shape()[d] == 1;
  for (int axis : axes) {
    const int d = normalize_axis("squeeze", axis, x.rank());
    require(x.dim(d) == 1, "squeeze: dimension {} of {} has extent {}, expected 1", d, shape_text(x.shape()), x.dim(d));
    removed[static_cast<std::size_t>(d)] = true;
  }
  Shape shape;
  for (std::size_t d = 0; d < removed.size(); ++d)
    if (!removed[d]) shape.push_back(x.shape()[d]);
  return reshape(x, shape, std::move(name));
}

Tensor unsqueeze(const Tensor& x, const std::vector<int>& axes, std::string name) {
  const int rank = x.rank() + static_cast<int>(axes.size());
  std::vector<bool> added(static_cast<std::size_t>(rank));
  for (int axis : axes) {
    const auto d = static_cast<std::size_t>(normalize_axis("unsqueeze", axis, rank));
    require(!added[d], "unsqueeze: dimension {} is named twice", d);
    added[d] = true;
  }
  Shape shape;
  auto next = x.shape().begin();
  for (const bool is_added : added) shape.push_back(is_added ? 1 : *next++);
  return reshape(x, shape, std::move(name));
}

}  // namespace tilewright::ops
