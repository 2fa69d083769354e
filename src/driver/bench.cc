#include "driver/bench.h"

#include "driver/feeds.h"
#include "driver/machine.h"
#include "driver/model.h"
#include "driver/peak.h"
#include "driver/target.h"
#include "driver/timing.h"

namespace tilewright::driver {

BenchReport bench(const BenchRequest& request) {
  const int threads = resolve_threads(request.threads);
  const codegen::Target target = parse_target_to_run(request.target);
  const runtime::Model model = obtain_model(request.input, request.import, request.schedules, target, threads);
  BenchReport report;
  report.flops = model.plan().flops;
  report.peak_gflops = measure_peak_gflops(threads, target.vector_bytes);

  runtime::ThreadPool pool({.threads = threads, .pin_caller = true});
  TimedModel timed(model, pool, request.seed);
  const std::vector<double> times = time_in_turns({&timed}, {.seconds = request.seconds}).at(0);
  report.times = quantiles(times);
  report.runs = static_cast<int>(times.size());
  return report;
}

}  // namespace tilewright::driver
