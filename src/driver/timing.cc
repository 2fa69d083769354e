#include "driver/timing.h"

#include <chrono>
#include <span>

#include "driver/tensors/feeds.h"

namespace tilewright::driver {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

}  // namespace

TimedModel::TimedModel(const runtime::Model& model, runtime::ThreadPool& pool, std::uint64_t seed)
    : execution_(model, pool), calls_(model.plan().calls.size()) {
  NamedTensors inputs = random_inputs(model.inputs(), seed);
  for (std::size_t i = 0; i < model.inputs().size(); ++i)
    execution_.bind(static_cast<int>(i), std::move(inputs.at(model.inputs()[i].name)));
}

double TimedModel::run() {
  if (profiling_) call_s_.resize(call_s_.size() + calls_);
  const std::span<double> own = std::span(call_s_).last(profiling_ ? calls_ : 0);
  const Clock::time_point begin = Clock::now();
  execution_.run(own);
  return seconds_since(begin);
}

std::vector<std::vector<double>> time_in_turns(const std::vector<TimedModel*>& models, const TimingBudget& budget) {
  constexpr int kWarmUps = 3;
  for (int i = 0; i < kWarmUps; ++i)
    for (TimedModel* model : models) model->run();

  std::vector<std::vector<double>> times(models.size());
  const Clock::time_point begin = Clock::now();
  const auto goes_on = [&](std::size_t runs) {
    return runs < budget.min_runs || (runs < budget.max_runs && seconds_since(begin) < budget.seconds);
  };
  while (goes_on(times.front().size()))
    for (std::size_t i = 0; i < models.size(); ++i) times[i].push_back(models[i]->run());
  return times;
}

}  // namespace tilewright::driver
