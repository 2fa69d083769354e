// How far measurements can be trusted, and what they cost.
//
//   tilewright_measurement [--trials N] [--repeats N] [WORKLOAD…]
//
// For each workload: a search of N trials, its speed and where its time went; the rank correlation of its quick
// measurements with long ones (of 60 passes, where the search has 3), and of two halves of those with each other; and,
// R times over, the choice of a champion among the last ten (quick measurement, then a re-measurement of the best six),
// against the best of the ten by a far longer re-measurement.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "backend/cpu/backend.h"
#include "measure/machine/machine_probe.h"
#include "measure/runner/local_runner.h"
#include "search/tuner/network_tuner.h"
#include "target/host.h"
#include "workload/workload.h"

namespace tilewright {
namespace {

using measure::LocalRunner;
using task::Measurement;
using Programs = std::vector<backend::ScheduledProgram>;

constexpr std::size_t kLast = 10, kFinalists = 6, kLong = 48;

struct Options {
  int trials = 200, repeats = 20;
  std::vector<std::string> workloads;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::max(1, std::atoi(argv[++i])) : 1; };
    if (argument == "--trials") {
      options.trials = number();
    } else if (argument == "--repeats") {
      options.repeats = number();
    } else {
      options.workloads.push_back(argument);
    }
  }
  if (options.workloads.empty()) options.workloads = {"conv_56", "conv_14"};
  return options;
}

LocalRunner::Options measuring() {
  LocalRunner::Options options;
  options.target = cpu::make_target(target::host_target());
  return options;
}

std::vector<double> fastest(const std::vector<Measurement>& measurements) {
  std::vector<double> times;
  for (const Measurement& m : measurements) times.push_back(m.time_s());
  return times;
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = static_cast<double>(i);
  return ranks;
}

/// Spearman's, for values without ties.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks(a), y = ranks(b);
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += (x[i] - y[i]) * (x[i] - y[i]);
  const double n = static_cast<double>(x.size());
  return n > 1 ? 1 - 6 * squares / (n * (n * n - 1)) : 1;
}

struct Searched {
  Programs programs;  ///< valid ones, fastest first by their quick measurement
  std::vector<double> quick_s;
};

/// Searches, and prints what that took.
Searched search_and_print(const task::Task& task, int trials) {
  LocalRunner runner(measuring());
  search::TuneOptions options;
  options.trials = trials;
  options.threads = runner.options().threads;
  options.peak_gflops = measure::MachineProbe(cpu::make_target(target::host_target()), options.threads).peak_gflops();
  std::vector<task::Record> records;
  search::NetworkTuner tuner({task}, options, runner.options().target, options.threads);
  const auto keep = [&](const task::Record& r) {
    if (r.remeasurement == 0 && r.result.error == task::ErrorKind::none) records.push_back(r);
  };
  const search::TuneResult result = tuner.run(runner, keep);
  const auto share = [&](double seconds) { return 100 * seconds / result.wall_s; };
  fmt::print(
      "{}: {} trials in {:.1f} s, {:.1f} a second; evolve {:.0f} %, learn {:.0f} %, compile {:.0f} %, run "
      "{:.0f} %, other {:.0f} %; {} had known code, {:.1f} GFLOP/s\n",
      task.description, result.trials, result.wall_s, result.trials_per_s(), share(result.split.evolve_s),
      share(result.split.learn_s), share(result.split.compile_s), share(result.split.run_s),
      share(result.split.other_s), result.same_code, result.tasks[0].gflops());
  if (!result.health.last.is_well()) fmt::print("  {}\n", task::to_text(result.health.last));
  std::ranges::stable_sort(records, {}, [](const task::Record& r) { return r.result.time_s(); });
  const auto target = runner.options().target;
  Searched searched;
  for (const task::Record& record : records) {
    searched.programs.emplace_back(*schedule::State::replay(task.dag, record.steps), target);
    searched.quick_s.push_back(record.result.time_s());
  }
  return searched;
}

/// Over states spread evenly over the ranks, and over those within 1.5 times the best.
void print_rank_correlation(const task::Task& task, const Searched& searched) {
  LocalRunner::Options options = measuring();
  options.passes = 30;
  options.passes_of_undecided = 0;
  options.repetition = {.cut_ratio = search::kNever, .least_time_s = 3e-3, .max_time_s = 6e-3};
  const std::size_t count = std::min(kLong, searched.programs.size());
  Programs programs;
  std::vector<double> quick_s, near_quick_s, near_long_s;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i * searched.programs.size() / count;
    programs.push_back(searched.programs[at]);
    quick_s.push_back(searched.quick_s[at]);
  }
  const std::vector<double> half_s = fastest(LocalRunner(options).measure(task, programs, search::kNever)),
                            other_s = fastest(LocalRunner(options).measure(task, programs, search::kNever));
  std::vector<double> long_s;
  for (std::size_t i = 0; i < count; ++i) long_s.push_back(std::min(half_s[i], other_s[i]));
  for (std::size_t i = 0; i < count; ++i) {
    if (quick_s[i] > 1.5 * quick_s[0]) continue;
    near_quick_s.push_back(quick_s[i]);
    near_long_s.push_back(long_s[i]);
  }
  fmt::print(
      "  rank correlation of quick with long measurements: {:.3f} over {} states, {:.3f} over the {} within "
      "1.5 times the best; of two halves of the long ones {:.3f}\n",
      rank_correlation(quick_s, long_s), count, rank_correlation(near_quick_s, near_long_s), near_quick_s.size(),
      rank_correlation(half_s, other_s));
}

/// The one of `ten` that measurement and re-measurement choose.
std::size_t choose(const task::Task& task, const Programs& ten) {
  LocalRunner runner(measuring());  // a new one, which knows no code yet
  const std::vector<double> quick_rank = ranks(fastest(runner.measure(task, ten, search::kNever)));
  std::vector<std::size_t> finalists;
  for (std::size_t i = 0; i < ten.size(); ++i)
    if (quick_rank[i] < static_cast<double>(kFinalists)) finalists.push_back(i);
  Programs programs;
  for (std::size_t i : finalists) programs.push_back(ten[i]);
  const std::vector<double> times = fastest(runner.remeasure(task, programs));
  if (times.empty()) return 0;
  return finalists[static_cast<std::size_t>(std::ranges::min_element(times) - times.begin())];
}

void print_champions(const task::Task& task, const Searched& searched, int repeats) {
  const Programs ten(searched.programs.begin(), searched.programs.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                                kLast, searched.programs.size())));
  LocalRunner::Options options = measuring();
  options.remeasurement = {.max_time_s = 4, .min_runs = 50, .max_runs = 10000};
  const std::vector<double> truth = fastest(LocalRunner(options).remeasure(task, ten));
  if (truth.empty()) {
    fmt::print("  the last ten could not be timed together\n");
    return;
  }
  std::vector<double> losses;
  for (int i = 0; i < repeats; ++i) losses.push_back(truth[choose(task, ten)] / *std::ranges::min_element(truth) - 1);
  std::ranges::sort(losses);
  const auto good = std::ranges::count_if(losses, [](double loss) { return loss <= 0.02; });
  fmt::print(
      "  champion within 2 % of the best of the last {}: {} of {} times, {:.1f} % off at worst; the first by "
      "quick measurement was {:.1f} % off, the ten spread over {:.1f} %\n",
      ten.size(), good, repeats, 100 * losses.back(), 100 * (truth[0] / *std::ranges::min_element(truth) - 1),
      100 * (*std::ranges::max_element(truth) / *std::ranges::min_element(truth) - 1));
}

int run(const Options& options) {
  for (const std::string& name : options.workloads) {
    const task::Task task = task::make_task(workload::parse(name).dag, name);
    const Searched searched = search_and_print(task, options.trials);
    print_rank_correlation(task, searched);
    print_champions(task, searched, options.repeats);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory {:.0f} MiB\n", static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

}  // namespace
}  // namespace tilewright

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  try {
    return tilewright::run(tilewright::parse(argc, argv));
  } catch (const tilewright::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
