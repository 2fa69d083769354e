// What one candidate of a convolution costs the tuner before it runs: lowering, features, compiling to machine code.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "backend/cpu/backend.h"
#include "backend/cpu/compiler.h"
#include "backend/cpu/passes.h"
#include "base/rng.h"
#include "cost/analytic/analytic_features.h"
#include "cost/ansor/features.h"
#include "cost/cost_model.h"
#include "cost/learn/model_file.h"
#include "loop/lower.h"
#include "ops/conv.h"
#include "ops/elementwise.h"
#include "space/search_space.h"
#include "target/host.h"

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

void infer_bounds_convolution(benchmark::State& state) {
  time_each(state, sample_candidates(64),
            [](const schedule::State& candidate) { return loop::infer_bounds(candidate); });
}
BENCHMARK(infer_bounds_convolution)->Unit(benchmark::kMicrosecond);

/// Lowering and the target's passes.
void finish_convolution(benchmark::State& state) {
  time_each(state, sample_candidates(64), [target = target::host_target()](const schedule::State& candidate) {
    return cpu::run_target_passes(*loop::lower(candidate), target);
  });
}
BENCHMARK(finish_convolution)->Unit(benchmark::kMicrosecond);

cost::Machine machine() {
  target::TargetSpec target = target::host_target();
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
    return cost::analytic_features(cost::Analysis(*program, machine), machine);
  });
}
BENCHMARK(draft_features_convolution)->Unit(benchmark::kMicrosecond);

/// All that a candidate costs before it is measured: a mutation, its hash, and the score of the default cost model,
/// which lowers it, works out its features and asks the learned model. Per candidate, in one call for 64 of them.
void evolve_convolution(benchmark::State& state, const char* model_name) {
  space::Hardware hardware;
  hardware.cores = 2;
  const space::SearchSpace space(convolution(), hardware, {});
  const std::vector<schedule::State> parents = sample_candidates(64);
  cost::ModelOptions options;
  options.target = target::host_target();
  options.target.cores = 2;
  const auto model = cost::make_cost_model(model_name, options);
  const auto target = cpu::make_target(options.target);
  Rng rng(1);
  double candidates = 0;
  for (auto _ : state) {
    std::vector<backend::ScheduledProgram> children;
    for (const schedule::State& parent : parents) {
      const auto mutations = static_cast<std::int64_t>(space.mutations().size());
      auto child = space.mutate(parent, static_cast<int>(rng.below(mutations)), rng);
      if (!child) continue;
      children.emplace_back(std::move(*child), target);
    }
    candidates += static_cast<double>(children.size());
    benchmark::DoNotOptimize(model->predict({}, children));
  }
  state.counters["per_candidate"] =
      benchmark::Counter(candidates, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(evolve_convolution, analytic, "analytic")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evolve_convolution, gbdt, "gbdt")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evolve_convolution, hybrid, "hybrid")->Unit(benchmark::kMillisecond);

/// A thousand states of three rows each, scored by the shipped model and as many trees again.
void predict_thousand_states(benchmark::State& state) {
  const cost::Ensemble prior = cost::prior();
  std::vector<float> values(3000 * cost::kDraftColumns);
  Rng rng(1);
  for (float& value : values) value = static_cast<float>(20 * rng.uniform());
  const cost::Matrix rows{values, static_cast<int>(cost::kDraftColumns)};
  for (auto _ : state) {
    benchmark::DoNotOptimize(prior.predict(rows));
    benchmark::DoNotOptimize(prior.predict(rows));
  }
}
BENCHMARK(predict_thousand_states)->Unit(benchmark::kMillisecond);

/// What a round of 16 candidates costs in training: 512 programs, one every 16, per round.
void learn_per_round(benchmark::State& state, const char* model_name) {
  const std::vector<backend::ScheduledProgram> candidates =
      backend::scheduled_programs(sample_candidates(512), cpu::make_target(target::host_target()));
  std::vector<task::Measurement> results(candidates.size());
  Rng rng(2);
  for (task::Measurement& result : results) result.times_s = {1e-3 * (1 + 4 * rng.uniform())};
  cost::ModelOptions options;
  options.target = target::host_target();
  for (auto _ : state) {
    const auto model = cost::make_cost_model(model_name, options);
    for (std::size_t i = 0; i < candidates.size(); i += 16) {
      model->update({}, {candidates.data() + i, 16}, {results.data() + i, 16});
      model->learn();
    }
  }
  state.counters["per_round"] =
      benchmark::Counter(static_cast<double>(candidates.size()) / 16,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(learn_per_round, gbdt, "gbdt")->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(learn_per_round, hybrid, "hybrid")->Unit(benchmark::kMillisecond)->Iterations(1);

void compile_convolution(benchmark::State& state) {
  cpu::Compiler compiler(target::host_target());
  time_each(state, sample_candidates(64),
            [&](const schedule::State& candidate) { return compiler.compile(*loop::lower(candidate), "kernel"); });
}
BENCHMARK(compile_convolution)->Unit(benchmark::kMillisecond)->MinTime(2);

}  // namespace
}  // namespace tilewright
