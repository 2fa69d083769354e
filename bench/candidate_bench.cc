// What one candidate of a convolution costs the tuner before it runs: lowering, features, compiling to machine code.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/rng.h"
#include "codegen/compiler.h"
#include "cost/ansor/features.h"
#include "cost/draft_features.h"
#include "loop/lower.h"
#include "ops/conv.h"
#include "ops/elementwise.h"
#include "space/search_space.h"

namespace tilewright {
namespace {

using Clock = std::chrono::steady_clock;

/// conv_56 of the reference workloads: 3x3, 56x56x64 -> 64, bias and ReLU.
te::DagRef convolution() {
  const te::Tensor data = te::placeholder({1, 56, 56, 64}, "data"),
                   weights = te::placeholder({3, 3, 64, 64}, "weights"), bias = te::placeholder({64}, "bias");
  ops::Conv2dParams params;
  params.padding = {1, 1, 1, 1};
  const te::Tensor output = ops::relu(ops::bias_add(ops::conv2d(data, weights, params), bias));
  return te::Dag::make({data, weights, bias, output});
}

/// Random complete schedules that lower.
std::vector<schedule::State> sample_candidates(int count) {
  space::Hardware hardware;
  hardware.cores = 2;
  const space::SearchSpace space(convolution(), hardware, {});
  Rng rng(1);
  std::vector<schedule::State> candidates;
  while (static_cast<int>(candidates.size()) < count) {
    const int sketch = static_cast<int>(rng.below(static_cast<std::int64_t>(space.sketches().size())));
    if (auto state = space.sample(sketch, rng); state && loop::lower(*state)) candidates.push_back(std::move(*state));
  }
  return candidates;
}

/// Times `step` on one candidate after another; the counter `median` is what the goals are stated in.
void time_each(benchmark::State& state, const std::vector<schedule::State>& candidates, const auto& step) {
  std::vector<double> seconds;
  for (auto _ : state) {
    const schedule::State& candidate = candidates[seconds.size() % candidates.size()];
    const Clock::time_point begin = Clock::now();
    benchmark::DoNotOptimize(step(candidate));
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2), seconds.end());
  state.counters["median"] = benchmark::Counter(seconds[seconds.size() / 2]);
}

void lower_convolution(benchmark::State& state) {
  time_each(state, sample_candidates(64), [](const schedule::State& candidate) { return loop::lower(candidate); });
}
BENCHMARK(lower_convolution)->Unit(benchmark::kMicrosecond);

cost::Machine machine() {
  codegen::Target target = codegen::Target::host();
  target.cores = 2;
  return cost::machine_of(target);
}

/// Ansor's features need no lowered program: bounds and features together.
void ansor_features_convolution(benchmark::State& state) {
  time_each(state, sample_candidates(64), [](const schedule::State& candidate) {
    return cost::ansor::features(candidate, *loop::infer_bounds(candidate));
  });
}
BENCHMARK(ansor_features_convolution)->Unit(benchmark::kMicrosecond);

/// Lowering, the analytic model and its features.
void draft_features_convolution(benchmark::State& state) {
  time_each(state, sample_candidates(64), [machine = machine()](const schedule::State& candidate) {
    const auto program = loop::lower(candidate);
    return cost::draft_features(cost::Analysis(*program, machine), machine);
  });
}
BENCHMARK(draft_features_convolution)->Unit(benchmark::kMicrosecond);

void compile_convolution(benchmark::State& state) {
  codegen::Compiler compiler(codegen::Target::host());
  time_each(state, sample_candidates(64),
            [&](const schedule::State& candidate) { return compiler.compile(*loop::lower(candidate), "kernel"); });
}
BENCHMARK(compile_convolution)->Unit(benchmark::kMillisecond)->MinTime(2);

}  // namespace
}  // namespace tilewright
