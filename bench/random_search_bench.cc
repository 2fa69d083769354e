// Random search alone, `full` against `ansor`: the best of N random candidates of each workload, as a share of peak,
// over several seeds, and the share of samples that are legal and what one costs.
//
//   tilewright_random_search [--samples N] [--seeds N] [--spaces A;B] [WORKLOAD…]
//
// No cost model, no evolution: what a space offers by itself.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "backend/cpu/backend.h"
#include "loop/lower.h"
#include "measure/machine/machine_probe.h"
#include "measure/runner/local_runner.h"
#include "space/hardware.h"
#include "space/search_space.h"
#include "target/host.h"
#include "workload/workload.h"

namespace tilewright {
namespace {

using Clock = std::chrono::steady_clock;

struct Samples {
  std::vector<schedule::State> states;
  int drawn = 0;
  double seconds = 0;  ///< to draw and lower all of them
};

Samples draw(const space::SearchSpace& space, int count, std::uint64_t seed) {
  Samples samples;
  Rng rng(seed);
  const Clock::time_point begin = Clock::now();
  while (std::ssize(samples.states) < count && samples.drawn < 100 * count) {
    ++samples.drawn;
    auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
    if (state && loop::lower(*state)) samples.states.push_back(std::move(*state));
  }
  samples.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return samples;
}

struct Options {
  int samples = 64, seeds = 5, threads = 2;
  std::vector<std::string> spaces{"ansor", "full"};
  std::vector<std::string> workloads;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (argument == "--samples") {
      options.samples = std::max(1, std::atoi(value().c_str()));
    } else if (argument == "--seeds") {
      options.seeds = std::max(1, std::atoi(value().c_str()));
    } else if (argument == "--spaces") {
      options.spaces = split(value(), ';');
    } else {
      options.workloads.push_back(argument);
    }
  }
  if (options.workloads.empty())
    options.workloads = {"gmm_1024", "bert_ffn", "bert_qk",   "conv_56", "conv_14",
                         "conv_7",   "conv_1x1", "conv_stem", "dep_112", "softmax"};
  return options;
}

int run(const Options& options) {
  const double peak = measure::MachineProbe(cpu::make_target(target::host_target()), options.threads).peak_gflops();
  fmt::print("peak {:.0f} GFLOP/s, best of {} random candidates, median of {} seeds\n", peak, options.samples,
             options.seeds);
  measure::LocalRunner::Options measuring;
  measuring.target = cpu::make_target(target::host_target());
  measuring.threads = options.threads;
  measure::LocalRunner runner(measuring);
  const auto target = measuring.target;
  const space::Hardware hardware = space::hardware_of(*measuring.target, options.threads);
  std::vector<double> log_ratio(options.spaces.size(), 0);
  std::map<std::string, Samples> totals;
  for (const std::string& name : options.workloads) {
    const task::Task task = task::make_task(workload::parse(name).dag, name);
    std::vector<double> medians;
    std::string line = fmt::format("{:10}", name);
    for (const std::string& text : options.spaces) {
      const space::SearchSpace space(task.dag, hardware, space::parse_space(text));
      std::vector<double> best_of_seed;
      int failed = 0;
      for (int seed = 0; seed < options.seeds; ++seed) {
        Samples samples = draw(space, options.samples, static_cast<std::uint64_t>(seed) + 1);
        totals[text].drawn += samples.drawn, totals[text].seconds += samples.seconds;
        double best = std::numeric_limits<double>::infinity();
        for (const task::Measurement& m :
             runner.measure(task, backend::scheduled_programs(samples.states, target), best)) {
          failed += m.error == task::ErrorKind::none ? 0 : 1;
          best = std::min(best, m.time_s());
        }
        best_of_seed.push_back(best);
        totals[text].states.insert(totals[text].states.end(), samples.states.begin(), samples.states.end());
      }
      std::sort(best_of_seed.begin(), best_of_seed.end());
      medians.push_back(best_of_seed[best_of_seed.size() / 2]);
      line += fmt::format("  {} {:.3f} ms {:3.0f} % ({} failed)", text, medians.back() * 1e3,
                          100 * task.flops / medians.back() * 1e-9 / peak, failed);
    }
    for (std::size_t k = 0; k < medians.size(); ++k) log_ratio[k] += std::log(medians[0] / medians[k]);
    fmt::print("{}  ratio {:.2f}\n", line, medians.front() / medians.back());
    std::fflush(stdout);
  }
  for (std::size_t k = 0; k < options.spaces.size(); ++k) {
    const Samples& total = totals[options.spaces[k]];
    fmt::print("{}: {:.2f}x {} in geometric mean; {:.1f} % of {} samples legal; {:.0f} us a sample lowered\n",
               options.spaces[k], std::exp(log_ratio[k] / static_cast<double>(options.workloads.size())),
               options.spaces[0], 100.0 * static_cast<double>(total.states.size()) / total.drawn, total.drawn,
               1e6 * total.seconds / total.drawn);
  }
  return 0;
}

}  // namespace
}  // namespace tilewright

int main(int argc, char** argv) {
  try {
    return tilewright::run(tilewright::parse(argc, argv));
  } catch (const tilewright::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
