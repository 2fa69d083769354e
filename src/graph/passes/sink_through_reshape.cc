#include "graph/passes/sink_through_reshape.h"

#include <algorithm>

#include "base/integer.h"

namespace tilewright::graph {
namespace {

/// Dimensions of the source that the reshape turns into dimensions of its result, independently of all others.
/// Dimensions of extent 1 are in no group's `from`.
struct AxisGroup {
  std::vector<int> from;  ///< of the source, in transposed order
  std::vector<int> to;    ///< of the result
  int first() const { return *std::min_element(from.begin(), from.end()); }
};

std::vector<AxisGroup> find_groups(const Shape& source, const std::vector<int>& order, const Shape& shape) {
  std::vector<int> from, to;
  for (const int d : order)
    if (source[at(d)] != 1) from.push_back(d);
  for (int d = 0; at(d) < shape.size(); ++d)
    if (shape[at(d)] != 1) to.push_back(d);
  std::vector<AxisGroup> groups;
  for (std::size_t i = 0, j = 0; i < from.size() && j < to.size();) {
    AxisGroup group{{from[i]}, {to[j]}};
    std::int64_t before = source[at(from[i++])], after = shape[at(to[j++])];
    while (before != after) {
      if (before < after) {
        group.from.push_back(from[i]);
        before *= source[at(from[i++])];
      } else {
        group.to.push_back(to[j]);
        after *= shape[at(to[j++])];
      }
    }
    groups.push_back(group);
  }
  return groups;
}

/// Dimensions of the result in the order of the groups, each with the dimensions of extent 1 that follow it; those in
/// front of all others stay there.
std::vector<int> result_dimensions(const std::vector<AxisGroup>& groups, const Shape& shape) {
  std::vector<int> dims;
  const auto append_units_from = [&](int d) {
    for (; at(d) < shape.size() && shape[at(d)] == 1; ++d) dims.push_back(d);
  };
  append_units_from(0);
  for (const AxisGroup& group : groups)
    for (const int d : group.to) {
      dims.push_back(d);
      append_units_from(d + 1);
    }
  return dims;
}

}  // namespace

std::optional<TensorId> sink_through_reshape(Graph& graph, TensorId source, const std::vector<int>& order,
                                             const Shape& shape, const std::string& name) {
  const Shape from = graph.shape(source);
  std::vector<AxisGroup> groups = find_groups(from, order, shape);
  const auto by_source = [](const AxisGroup& a, const AxisGroup& b) { return a.first() < b.first(); };
  const bool moves_groups = !std::is_sorted(groups.begin(), groups.end(), by_source);
  std::sort(groups.begin(), groups.end(), by_source);

  std::vector<int> within;  // the order of the source's dimensions that is needed before the reshape
  for (int d = 0; at(d) < from.size(); ++d)
    if (from[at(d)] == 1) within.push_back(d);
  const auto units = static_cast<std::ptrdiff_t>(within.size());
  for (const AxisGroup& group : groups) within.insert(within.end(), group.from.begin(), group.from.end());
  const bool moves_within = !std::is_sorted(within.begin() + units, within.end());
  if (!moves_groups && moves_within) return std::nullopt;

  if (moves_within) source = graph.add(Transpose{within}, {source}, name);
  const std::vector<int> dims = result_dimensions(groups, shape);
  Shape arranged;
  std::vector<int> back(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) {
    arranged.push_back(shape[at(dims[i])]);
    back[at(dims[i])] = static_cast<int>(i);
  }
  const TensorId reshaped = graph.add(Reshape{arranged}, {source}, name);
  return moves_groups ? graph.add(Transpose{back}, {reshaped}, name) : reshaped;
}

}  // namespace tilewright::graph
