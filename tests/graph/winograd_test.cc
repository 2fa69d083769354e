// Convolutions of a network by Winograd, against direct ones.

#include "graph/winograd.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend/cpu/backend.h"
#include "base/integer.h"
#include "compile/compile_model.h"
#include "graph/alternatives.h"
#include "graph/array.h"
#include "loop/lower.h"
#include "ops/winograd_transforms.h"
#include "reference.h"
#include "space/search_space.h"
#include "target/host.h"
#include "te/error_bound.h"

namespace tilewright::graph {
namespace {

struct ConvCase {
  Shape data;  ///< NHWC
  std::int64_t filters;
};

/// Weights whose transforms are exact in f32: entries of the matrices are multiples of 2^-k / 15.
te::Array exact_weights(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  te::Array result{DType::f32, shape, {}};
  for (std::int64_t i = 0; i < product(shape); ++i)
    result.values.push_back(static_cast<double>(225 * rng.between(-8, 8)) / 2048);
  return result;
}

Conv same_3x3() {
  Conv conv{.layout = Layout::nhwc};
  conv.window = {.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}};
  return conv;
}

/// relu(conv(x) + bias + residual)
Graph block(const ConvCase& c) {
  Graph graph;
  const Shape out{c.data[0], c.data[1], c.data[2], c.filters};
  const TensorId x = graph.add_input("x", {DType::f32, c.data}),
                 residual = graph.add_input("residual", {DType::f32, out}),
                 w = graph.add_constant("w", to_tensor(exact_weights({3, 3, c.data[3], c.filters}, 1))),
                 bias = graph.add_constant("bias", to_tensor(random_array({c.filters}, 2)));
  const TensorId conv = graph.add(same_3x3(), {x, w}, "conv");
  const TensorId biased = graph.add(Binary{te::BinaryOp::add}, {conv, bias}, "bias");
  const TensorId sum = graph.add(Binary{te::BinaryOp::add}, {biased, residual}, "add");
  graph.add_output("y", graph.add(Relu{}, {sum}, "relu"));
  return graph;
}

Partition by(Algorithm algorithm, const Graph& graph) {
  const Partition cut = partition(graph);
  return with_chosen(cut, std::vector<Algorithm>(cut.tasks.size(), algorithm));
}

/// What the only task of a network computes, with what rounding may change.
te::BoundedArray bounded(const Partition& cut, const Arrays& inputs) {
  EXPECT_EQ(cut.calls.size(), 1u);
  std::vector<te::Array> arguments;
  for (const TensorId id : cut.calls[0].inputs) {
    const TensorInfo& tensor = cut.graph.tensor(id);
    arguments.push_back(tensor.is_constant() ? to_array(*tensor.constant) : inputs.at(tensor.name));
  }
  return te::interpret_with_bounds(*cut.tasks[0].dag, arguments)[0];
}

void expect_within(const te::BoundedArray& expected, const te::Array& found, const std::string& what) {
  ASSERT_EQ(expected.array.shape, found.shape);
  const std::int64_t miss = expected.first_mismatch(found);
  const auto at = static_cast<std::size_t>(std::max<std::int64_t>(miss, 0));
  ASSERT_EQ(miss, -1) << what << ": " << found.values[at] << " instead of " << expected.array.values[at] << ", bound "
                      << expected.bound[at];
}

class Winograd : public testing::TestWithParam<std::tuple<Algorithm, ConvCase>> {
 protected:
  const Algorithm algorithm_ = std::get<0>(GetParam());
  const Graph graph_ = block(std::get<1>(GetParam()));
  const Partition cut_ = by(algorithm_, graph_);
  const Arrays inputs_{{"x", random_array(graph_.shape(graph_.inputs()[0].tensor), 3)},
                       {"residual", random_array(graph_.shape(graph_.inputs()[1].tensor), 4)}};

  te::Array run(const compile::Scheduler& scheduler) {
    runtime::ThreadPool pool({.threads = 2, .pin = false});
    std::map<std::string, runtime::Tensor> inputs;
    for (const auto& [name, array] : inputs_) inputs.emplace(name, to_tensor(array));
    return to_array(
        compile::compile(cut_, scheduler, cpu::make_target(target::host_target())).run(inputs, pool).at("y"));
  }
};

TEST_P(Winograd, IsOneTaskThatComputesWhatDirectConvolutionDoes) {
  EXPECT_EQ(cut_.tasks.size(), 1u);
  EXPECT_TRUE(cut_.tasks[0].description.starts_with(name_of(algorithm_))) << cut_.tasks[0].description;
  expect_within(bounded(cut_, inputs_), run_reference(partition(graph_), inputs_).at("y"), "direct");
}

TEST_P(Winograd, DefaultSchedulesComputeItAsMachineCode) {
  const te::Array found =
      run([](const task::Task& task) { return space::SearchSpace(task.dag, {}, {}).default_state(); });
  expect_within(bounded(cut_, inputs_), found, "default schedule");
}

TEST_P(Winograd, RandomSchedulesComputeItAsMachineCode) {
  const te::BoundedArray expected = bounded(cut_, inputs_);
  const space::SearchSpace space(cut_.tasks[0].dag, {}, {});
  int ran = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Rng rng(seed);
    const int sketch = static_cast<int>(rng.below(std::ssize(space.sketches())));
    const auto state = space.sample(sketch, rng);
    if (!state || !loop::lower(*state)) continue;
    ++ran;
    expect_within(expected, run([&](const task::Task&) { return *state; }),
                  fmt::format("seed {}\n{}", seed, schedule::to_text(*state)));
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(ran, 6);
}

std::string name_of_test(const testing::TestParamInfo<Winograd::ParamType>& test) {
  return fmt::format("{}_{}", name_of(std::get<0>(test.param)), fmt::join(std::get<1>(test.param).data, "_"));
}

INSTANTIATE_TEST_SUITE_P(Shapes, Winograd,
                         testing::Combine(testing::Values(Algorithm::winograd2, Algorithm::winograd4),
                                          testing::Values(ConvCase{{1, 7, 7, 32}, 16}, ConvCase{{2, 13, 13, 16}, 24},
                                                          ConvCase{{1, 8, 5, 16}, 16}, ConvCase{{1, 2, 3, 17}, 19})),
                         name_of_test);

TEST(WinogradTasks, HaveTheirTransformTileInTheirSketches) {
  const Partition cut = by(Algorithm::winograd4, block({{1, 14, 14, 64}, 64}));
  const space::SearchSpace space(cut.tasks[0].dag, {}, {});
  for (const schedule::State& sketch : space.sketches()) {
    int attached = 0, inlined = 0;
    for (int s = 0; s < sketch.num_stages(); ++s) {
      const schedule::Stage& stage = sketch.stage(s);
      const std::string& name = stage.tensor->name;
      if (name == "winograd_columns" || name == "winograd_back")
        attached += stage.compute_at == schedule::ComputeAt::iter ? 1 : 0;
      if (name == "conv2d_winograd") inlined += stage.compute_at == schedule::ComputeAt::inlined ? 1 : 0;
    }
    EXPECT_EQ(attached, 2);
    EXPECT_EQ(inlined, 1);
  }
}

TEST(WinogradError, IsZeroForZerosAndNanForNan) {
  const Shape shape{3, 3, 16, 16};
  runtime::Tensor weights(DType::f32, shape);
  EXPECT_EQ(winograd_error(weights, 4, 1), 0);
  weights.as<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(winograd_error(weights, 4, 1)));
}

/// u * (terms of a result, roundings around them) times how far transforms enlarge their operands, for weights and data
/// in [-1, 1) (Barabasz et al., ACM TOMS 46(4), 2020, theorem 2, with norms instead of actual values).
double error_bound(std::int64_t tile, std::int64_t channels) {
  const ops::WinogradTransforms t = ops::winograd_transforms(static_cast<std::size_t>(tile), 3);
  const auto norm = [](const ops::Matrix& matrix, bool of_columns) {
    const std::size_t rows = matrix.size(), columns = matrix[0].size();
    double largest = 0;
    for (std::size_t i = 0; i < (of_columns ? columns : rows); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < (of_columns ? rows : columns); ++j)
        sum += std::abs(of_columns ? matrix[j][i] : matrix[i][j]);
      largest = std::max(largest, sum);
    }
    return largest * largest;  // along both dimensions
  };
  const double enlarged = norm(t.result, true) * norm(t.data, true) * norm(t.weights, false);
  const auto alpha = static_cast<double>(tile + 2), c = static_cast<double>(channels);
  return 0x1p-24 * (c + 4 * alpha + 1) * c * enlarged;
}

TEST(WinogradError, StaysWithinItsBoundAndGrowsWithTheTile) {
  const std::int64_t channels = 32;
  const runtime::Tensor weights = to_tensor(random_array({3, 3, channels, 48}, 5));
  const double small = winograd_error(weights, 2, 1), large = winograd_error(weights, 4, 1);
  EXPECT_GT(small, 0);
  EXPECT_LT(small, large);
  EXPECT_EQ(winograd_error(weights, 4, 1), large) << "not the same for the same seed";
  // Results of 9 * 32 products of values uniform in [-1, 1) have a standard deviation of 5.7; the largest is above.
  EXPECT_LT(small * 5.7, error_bound(2, channels));
  EXPECT_LT(large * 5.7, error_bound(4, channels));
}

}  // namespace
}  // namespace tilewright::graph
