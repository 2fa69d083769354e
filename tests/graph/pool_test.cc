// Pools in one to three dimensions with every combination of their attributes, against the loops of their definition.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/integer.h"
#include "base/rng.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;

/// One number a dimension; pads: all at the front, then all at the end.
struct Case {
  Integers extent, kernel, strides, dilations, pads;
  bool ceil_mode, average, count_pads;

  std::size_t dims() const { return extent.size(); }
  std::int64_t reach(std::size_t d) const { return (kernel[d] - 1) * dilations[d] + 1; }
  /// By ONNX: rounded as ceil_mode says, and without a last window that begins in what was added at the end.
  std::int64_t length(std::size_t d) const {
    const std::int64_t span = extent[d] + pads[d] + pads[dims() + d] - reach(d);
    const std::int64_t length = (ceil_mode ? ceil_div(span, strides[d]) : floor_div(span, strides[d])) + 1;
    return ceil_mode && (length - 1) * strides[d] >= extent[d] + pads[d] ? length - 1 : length;
  }
  std::string text() const {
    return fmt::format("{} extent {} kernel {} strides {} dilations {} pads {} ceil {} count pads {}",
                       average ? "average" : "max", extent, kernel, strides, dilations, pads, ceil_mode, count_pads);
  }
};

Case random_case(Rng& rng) {
  while (true) {
    Case c{{}, {}, {}, {}, {}, rng.chance(0.5), rng.chance(0.5), rng.chance(0.5)};
    const auto dims = static_cast<std::size_t>(rng.between(1, 3));
    for (std::size_t d = 0; d < dims; ++d) {
      c.extent.push_back(rng.between(1, 6));
      c.kernel.push_back(rng.between(1, 4));
      c.strides.push_back(rng.between(1, 4));
      c.dilations.push_back(rng.chance(0.6) ? 1 : rng.between(2, 3));
    }
    bool fits = true;
    for (std::size_t i = 0; i < 2 * dims; ++i) c.pads.push_back(rng.between(0, c.kernel[i % dims] - 1));
    for (std::size_t d = 0; d < dims; ++d) fits = fits && c.length(d) >= 1;
    if (fits) return c;
  }
}

/// Calls f with each tuple of numbers below those of `shape`.
template <class F>
void for_each_point(const Integers& shape, const F& f) {
  for (std::int64_t i = 0; i < product(shape); ++i) {
    Integers at(shape.size());
    std::int64_t rest = i;
    for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) at[d] = rest % shape[d];
    f(at);
  }
}

double pooled(const Case& c, const te::Array& x, const Integers& at) {
  double sum = 0, most = -std::numeric_limits<double>::infinity(), count = 0;
  for_each_point(c.kernel, [&](const Integers& tap) {
    bool inside = true, in_pads = true;
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < c.dims(); ++d) {
      const std::int64_t position = at[d] * c.strides[d] - c.pads[d] + tap[d] * c.dilations[d];
      inside = inside && position >= 0 && position < c.extent[d];
      in_pads = in_pads && position < c.extent[d] + c.pads[c.dims() + d];
      offset = offset * c.extent[d] + position;
    }
    count += c.count_pads ? in_pads : inside;
    if (!inside) return;
    sum += x.values[static_cast<std::size_t>(offset)];
    most = std::max(most, x.values[static_cast<std::size_t>(offset)]);
  });
  return c.average ? sum / std::max(count, 1.0) : most;
}

TEST(Pool, AgreesWithItsDefinitionWhateverItsAttributes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Rng rng(seed);
    const Case c = random_case(rng);
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, c.text()));
    Shape shape{1, 1};
    shape.insert(shape.end(), c.extent.begin(), c.extent.end());
    const te::Array x = random_array(shape, seed);
    std::vector<OnnxModel::Attribute> attributes{{"kernel_shape", c.kernel},
                                                 {"strides", c.strides},
                                                 {"dilations", c.dilations},
                                                 {"pads", c.pads},
                                                 {"ceil_mode", std::int64_t{c.ceil_mode}}};
    if (c.average) attributes.push_back({"count_include_pad", std::int64_t{c.count_pads}});
    if (!c.average) attributes.push_back({"storage_order", std::int64_t{1}});  // of positions, which nobody asks for
    const Graph graph = optimize(OnnxModel(19)
                                     .input("x", shape)
                                     .node(c.average ? "AveragePool" : "MaxPool", {"x"}, {"y"}, attributes)
                                     .output("y")
                                     .import()
                                     .graph);
    te::Array expected{DType::f32, {1, 1}, {}};
    for (std::size_t d = 0; d < c.dims(); ++d) expected.shape.push_back(c.length(d));
    for_each_point({expected.shape.begin() + 2, expected.shape.end()},
                   [&](const Integers& at) { expected.values.push_back(pooled(c, x, at)); });
    expect_near(run_reference(partition(graph), {{"x", x}}).at("y"), expected, 1e-5);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace tilewright::graph
