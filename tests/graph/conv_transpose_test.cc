// Transposed convolutions in all their forms, against a scatter written straight from the definition.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cmath>

#include "backend/cpu/backend.h"
#include "base/rng.h"
#include "compile/compile_model.h"
#include "graph/array.h"
#include "graph/passes.h"
#include "loop/lower.h"
#include "onnx_model.h"
#include "reference.h"
#include "space/search_space.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;

/// Height first. Pads as in ONNX: both fronts, then both ends.
struct Case {
  Shape data, weights;  ///< [n, c, h, w], [c, filters / groups, kh, kw]
  std::int64_t groups = 1;
  Integers strides, dilations, output_padding, pads;

  std::int64_t full_length(std::size_t d) const {
    return (data[2 + d] - 1) * strides[d] + (weights[2 + d] - 1) * dilations[d] + 1 + output_padding[d];
  }
  std::int64_t length(std::size_t d) const { return full_length(d) - pads[d] - pads[2 + d]; }
  std::string text() const {
    return fmt::format("data {} weights {} groups {} strides {} dilations {} output padding {} pads {}", data, weights,
                       groups, strides, dilations, output_padding, pads);
  }
};

/// Of any form whose output is not empty; every second one has a single group.
Case random_case(std::uint64_t seed) {
  Rng rng(seed);
  while (true) {
    Case c;
    c.groups = rng.chance(0.5) ? 1 : rng.between(1, 3);
    c.data = {rng.between(1, 2), c.groups * rng.between(1, 5), rng.between(1, 7), rng.between(1, 7)};
    c.weights = {c.data[1], rng.between(1, 20), rng.between(1, 5), rng.between(1, 5)};
    for (std::size_t d = 0; d < 2; ++d) {
      c.strides.push_back(rng.between(1, 4));
      c.dilations.push_back(rng.chance(0.7) ? 1 : rng.between(2, 3));
      c.output_padding.push_back(rng.chance(0.6) ? 0 : rng.between(0, std::max(c.strides[d], c.dilations[d]) - 1));
    }
    for (std::size_t d = 0; d < 4; ++d)
      c.pads.push_back(rng.between(0, (c.weights[2 + d % 2] - 1) * c.dilations[d % 2] + (rng.chance(0.1) ? 3 : 0)));
    if (c.length(0) >= 1 && c.length(1) >= 1) return c;
  }
}

te::Array scattered(const te::Array& x, const te::Array& w, const Case& c) {
  const std::int64_t channels = c.data[1], per_group = c.weights[1], filters = c.groups * per_group;
  te::Array y{DType::f32, {c.data[0], filters, c.length(0), c.length(1)}, {}};
  y.values.resize(static_cast<std::size_t>(y.elements()), 0);
  std::size_t at = 0;
  for (std::int64_t n = 0; n < c.data[0]; ++n)
    for (std::int64_t i = 0; i < channels; ++i)
      for (std::int64_t h = 0; h < c.data[2]; ++h)
        for (std::int64_t v = 0; v < c.data[3]; ++v, ++at)
          for (std::int64_t f = 0; f < per_group; ++f)
            for (std::int64_t kh = 0; kh < c.weights[2]; ++kh)
              for (std::int64_t kw = 0; kw < c.weights[3]; ++kw) {
                const std::int64_t row = h * c.strides[0] + kh * c.dilations[0] - c.pads[0];
                const std::int64_t column = v * c.strides[1] + kw * c.dilations[1] - c.pads[1];
                if (row < 0 || row >= c.length(0) || column < 0 || column >= c.length(1)) continue;
                const std::int64_t filter = i / (channels / c.groups) * per_group + f;
                y.values[static_cast<std::size_t>(((n * filters + filter) * c.length(0) + row) * c.length(1) +
                                                  column)] +=
                    x.values[at] *
                    w.values[static_cast<std::size_t>(((i * per_group + f) * c.weights[2] + kh) * c.weights[3] + kw)];
              }
  return y;
}

/// Products are below 1 and a sum has at most one for each channel and tap: n terms err by n roundings of at most n.
double tolerance_of(const Case& c) {
  const std::int64_t channels = c.data[1] / c.groups;
  const auto terms = static_cast<double>(channels * c.weights[2] * c.weights[3]);
  return terms * terms * std::exp2(-24);
}

/// `padding`: the attributes that say how much is cut off, or how long the output is.
Graph imported(const Case& c, const te::Array& weights, const std::vector<OnnxModel::Attribute>& padding) {
  std::vector<OnnxModel::Attribute> attributes{
      {"group", c.groups}, {"strides", c.strides}, {"dilations", c.dilations}, {"output_padding", c.output_padding}};
  attributes.insert(attributes.end(), padding.begin(), padding.end());
  return optimize(OnnxModel(11)
                      .input("x", c.data)
                      .weight("w", weights)
                      .node("ConvTranspose", {"x", "w"}, {"y"}, attributes)
                      .output("y")
                      .import()
                      .graph);
}

Graph imported(const Case& c, const te::Array& weights) { return imported(c, weights, {{"pads", c.pads}}); }

/// A random schedule, or the default one where the draw leads nowhere.
compile::Scheduler scheduler_of(std::uint64_t seed) {
  return [seed](const task::Task& task) {
    Rng rng(seed);
    const space::SearchSpace space(task.dag, {}, {});
    const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
    return state && loop::lower(*state) ? *state : space.default_state();
  };
}

TEST(ConvTranspose, AgreesWithItsDefinition) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, c.text()));
    const te::Array x = random_array(c.data, seed), w = random_array(c.weights, seed + 1);
    const Partition cut = partition(imported(c, w));
    expect_near(run_reference(cut, {{"x", x}}).at("y"), scattered(x, w, c), tolerance_of(c));
    if (HasFailure()) return;
  }
}

TEST(ConvTranspose, AgreesWithItsDefinitionAsMachineCode) {
  runtime::ThreadPool pool({.threads = 2, .pin = false});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Case c = random_case(1000 + seed);
    SCOPED_TRACE(fmt::format("seed {}: {}", 1000 + seed, c.text()));
    const te::Array x = random_array(c.data, seed), w = random_array(c.weights, seed + 1);
    const auto model =
        compile::compile(partition(imported(c, w)), scheduler_of(seed), cpu::make_target(target::host_target()));
    std::map<std::string, runtime::Tensor> inputs;
    inputs.emplace("x", to_tensor(x));
    expect_near(to_array(model.run(inputs, pool).at("y")), scattered(x, w, c), tolerance_of(c));
    if (HasFailure()) return;
  }
}

/// Pads by ONNX's rule for an output of given lengths: the odd one at the end for SAME_UPPER only. What is wanted
/// beyond the whole output is zeros at the end.
Integers pads_for(const Case& c, const Integers& wanted, bool upper) {
  Integers pads(4);
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t total = c.full_length(d) - wanted[d];
    pads[d] = total < 0 ? 0 : upper ? total / 2 : total - total / 2;
    pads[2 + d] = total - pads[d];
  }
  return pads;
}

TEST(ConvTranspose, CutsWhatAnOutputShapeOrAutomaticPaddingAskFor) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Case c = random_case(2000 + seed);
    Rng rng(seed);
    const std::string automatic = std::array{"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"}[seed % 4];
    std::vector<OnnxModel::Attribute> padding{{"auto_pad", automatic}};
    Integers wanted{c.data[2] * c.strides[0], c.data[3] * c.strides[1]};
    if (seed % 8 < 4) {
      for (std::size_t d = 0; d < 2; ++d)
        wanted[d] = std::max<std::int64_t>(c.full_length(d) - rng.between(-2, c.weights[2 + d] * c.dilations[d]), 1);
      padding.push_back({"output_shape", wanted});
    }
    c.pads =
        seed % 8 < 4 || automatic.starts_with("SAME") ? pads_for(c, wanted, automatic == "SAME_UPPER") : Integers(4);
    SCOPED_TRACE(fmt::format("seed {}: {} {}", seed, automatic, c.text()));
    const te::Array x = random_array(c.data, seed), w = random_array(c.weights, seed + 1);
    const Partition cut = partition(imported(c, w, padding));
    expect_near(run_reference(cut, {{"x", x}}).at("y"), scattered(x, w, c), tolerance_of(c));
    if (HasFailure()) return;
  }
}

TEST(ConvTranspose, MultipliesByNoInsertedZeroAndComputesNothingThatIsCutOff) {
  const Case c{{1, 8, 4, 4}, {8, 16, 4, 4}, 1, {2, 2}, {1, 1}, {0, 0}, {1, 1, 1, 1}};
  const Partition cut = partition(imported(c, random_array(c.weights, 1)));
  std::int64_t most = 0;
  for (const task::Task& task : cut.tasks) most = std::max(most, static_cast<std::int64_t>(task.flops));
  EXPECT_EQ(most, 2 * 8 * 8 * 16 * 2 * 2 * 8);  // 8 x 8 results of 16 filters, of 2 x 2 taps and 8 channels each
}

}  // namespace
}  // namespace tilewright::graph
