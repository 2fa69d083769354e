#include "driver/bench.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/quantile.h"
#include "driver/machine.h"
#include "driver/model.h"
#include "driver/target.h"
#include "driver/tensors/feeds.h"
#include "driver/timing.h"
#include "measure/machine/machine_probe.h"

namespace tilewright::driver {
namespace {

std::vector<KernelTime> kernel_times(const runtime::ModelPlan& plan, const std::vector<double>& call_s) {
  std::map<std::pair<int, std::string>, std::vector<std::size_t>> calls_of;
  for (std::size_t c = 0; c < plan.calls.size(); ++c)
    calls_of[{plan.calls[c].object, plan.calls[c].symbol}].push_back(c);
  std::vector<KernelTime> kernels;
  for (const auto& [kernel, calls] : calls_of) {
    std::vector<double> times;
    for (std::size_t run = 0; run < call_s.size(); run += plan.calls.size()) {
      times.push_back(0);
      for (const std::size_t c : calls) times.back() += call_s[run + c];
    }
    kernels.push_back(
        {plan.calls[calls.front()].description, static_cast<int>(calls.size()), median(std::move(times))});
  }
  std::ranges::stable_sort(kernels, std::greater<>(), &KernelTime::median_s);
  return kernels;
}

}  // namespace

BenchReport bench(const BenchRequest& request) {
  const int threads = resolve_threads(request.threads);
  const target::TargetSpec target = parse_target_to_run(request.target);
  const runtime::Model model = obtain_model(request.input, request.import, request.schedules, target, threads);
  BenchReport report;
  report.flops = model.plan().flops;
  report.peak_gflops = measure::MachineProbe(with_backend(target), threads).peak_gflops();

  runtime::ThreadPool pool({.threads = threads, .pin_caller = true});
  TimedModel timed(model, pool, request.seed);
  if (request.profile) timed.profile();
  const std::vector<double> times = time_in_turns({&timed}, {.seconds = request.seconds}).at(0);
  report.median_s = median(times);
  report.p95_s = quantile(times, 0.95);
  report.min_s = std::ranges::min(times);
  report.runs = static_cast<int>(times.size());
  if (request.profile) report.kernels = kernel_times(model.plan(), timed.call_s());
  return report;
}

}  // namespace tilewright::driver
