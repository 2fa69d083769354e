// How well cost models rank programs, from records; and the training of the model that is shipped.
//
//   tilewright_cost_model evaluate --workloads LIST [--folds N] [--seeds N] RECORDS…
//   tilewright_cost_model train --workloads LIST --out FILE RECORDS…
//
// `evaluate` shuffles the programs of each workload of the list, lets each model learn from the first so many (after
// the
// @ in its name), and ranks the rest: rank correlation with measured speed (Spearman), share of the 10 fastest among
// the 30 best ranked, and the speed of the fastest of the 16 best ranked as a share of the fastest. `hybrid+prior` has
// the shipped prior; with --folds one that is trained on the workloads of the other folds.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>

#include "backend/cpu/backend.h"
#include "base/error.h"
#include "base/rng.h"
#include "cost/learn/learned_model.h"
#include "cost/learn/model_file.h"
#include "cost/learn/objectives.h"
#include "cost_model/measured_programs.h"
#include "cost_model/rank_quality.h"
#include "target/host.h"

namespace tilewright {
namespace {

using cost::Ensemble;
using cost::LearnedCostModel;
constexpr auto kHybrid = LearnedCostModel::Kind::hybrid;
constexpr int kPriorTrees = 150;

struct Options {
  std::string verb, workloads, out;
  int folds = 0, seeds = 3;
  std::vector<std::filesystem::path> records;
};

Options parse(int argc, char** argv) {
  Options options;
  if (argc > 1) options.verb = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (argument == "--workloads")
      options.workloads = value();
    else if (argument == "--out")
      options.out = value();
    else if (argument == "--folds")
      options.folds = std::atoi(value().c_str());
    else if (argument == "--seeds")
      options.seeds = std::max(1, std::atoi(value().c_str()));
    else
      options.records.emplace_back(argument);
  }
  return options;
}

cost::ModelOptions model_options(std::uint64_t seed) {
  cost::ModelOptions options;
  options.target = target::host_target();
  options.threads = 2;
  options.seed = seed;
  return options;
}

/// An ensemble that corrects the analytic model for all programs of the tasks at once.
Ensemble train_prior(const std::vector<const MeasuredTask*>& tasks) {
  const cost::Machine machine = cost::machine_of(target::host_target());
  const int columns = cost::columns_of(LearnedCostModel::columns(kHybrid));
  cost::TrainingSet data(columns, std::numeric_limits<int>::max());
  for (const MeasuredTask* task : tasks)
    for (std::size_t i = 0; i < task->programs.size(); ++i)
      if (auto rows = cost::rows_of(task->programs[i], LearnedCostModel::columns(kHybrid), machine))
        data.add(task->task.key, std::move(*rows), task->results[i]);
  cost::TreeOptions trees = LearnedCostModel::learner_options(kHybrid, 1).trees;
  trees.max_depth = 5, trees.eta = 0.1, trees.colsample = 0.7, trees.min_child_weight = 4;
  Ensemble ensemble(trees);
  cost::CorrectionObjective objective(data);
  ensemble.boost(data.rows(), {}, objective, kPriorTrees);
  return ensemble;
}

struct Quality {
  double correlation = 0, recall = 0, best = 0;
  int count = 0;
  void add(const Quality& q) { correlation += q.correlation, recall += q.recall, best += q.best, count += q.count; }
};

/// Lets a model learn from the first `known` programs in the order given, and rank the others.
Quality rank_rest(cost::CostModel& model, const MeasuredTask& task, const std::vector<std::size_t>& order, int known) {
  std::vector<backend::ScheduledProgram> known_programs, rest;
  std::vector<task::Measurement> results;
  std::vector<double> times_s;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const task::Measurement& result = task.results[order[i]];
    if (static_cast<int>(i) < known) {
      known_programs.push_back(task.programs[order[i]]);
      results.push_back(result);
    } else if (result.error == task::ErrorKind::none) {
      rest.push_back(task.programs[order[i]]);
      times_s.push_back(result.time_s());
    }
  }
  for (std::size_t i = 0; i < known_programs.size(); i += 16) {
    const std::size_t n = std::min<std::size_t>(16, known_programs.size() - i);
    model.update(task.task, {known_programs.data() + i, n}, {results.data() + i, n});
    model.learn();
  }
  const std::vector<double> scores = model.predict(task.task, rest);
  return {rank_correlation(scores, times_s), recall(scores, times_s, 10, 30), best_of(scores, times_s, 16), 1};
}

struct Subject {
  std::string name;
  int known;
  bool with_prior;
};

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all{{"analytic", 0, false}, {"gbdt", 64, false},    {"gbdt", 128, false},
                                        {"hybrid", 32, false},  {"hybrid", 128, false}, {"hybrid", 0, true},
                                        {"hybrid", 32, true},   {"hybrid", 128, true}};
  return all;
}

std::unique_ptr<cost::CostModel> make(const Subject& subject, const Ensemble& prior, std::uint64_t seed) {
  const cost::ModelOptions options = model_options(seed);
  if (subject.name != "hybrid") return cost::make_cost_model(subject.name, options);
  std::optional<Ensemble> copy;
  if (subject.with_prior) {
    const std::string bytes = prior.to_bytes();
    copy = Ensemble::from_bytes(bytes, LearnedCostModel::learner_options(kHybrid, seed).trees, "prior");
  }
  return std::make_unique<LearnedCostModel>(kHybrid, options, std::move(copy));
}

std::string title(const Subject& s) { return fmt::format("{}{} @{}", s.name, s.with_prior ? "+prior" : "", s.known); }

int evaluate(const Options& options) {
  const std::vector<MeasuredTask> tasks = measured_tasks(read_workload_list(options.workloads), options.records);
  std::map<int, Ensemble> priors;
  const int folds = std::max(1, options.folds);
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<const MeasuredTask*> others;
    for (std::size_t t = 0; t < tasks.size(); ++t)
      if (static_cast<int>(t) % folds != fold) others.push_back(&tasks[t]);
    priors.emplace(fold, options.folds > 1 ? train_prior(others) : cost::prior());
  }
  fmt::print("{:52}{:>6}", "rank correlation", "");
  for (const Subject& s : subjects()) fmt::print("{:>18}", title(s));
  fmt::print("\n");
  std::vector<Quality> total(subjects().size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].programs.size() < 160) continue;
    fmt::print("{:52}{:6}", tasks[t].text, tasks[t].programs.size());
    for (std::size_t s = 0; s < subjects().size(); ++s) {
      Quality sum;
      for (int seed = 0; seed < options.seeds; ++seed) {
        std::vector<std::size_t> order(tasks[t].programs.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::shuffle(order.begin(), order.end(), Rng(static_cast<std::uint64_t>(seed)));
        const Ensemble& prior = priors.at(static_cast<int>(t) % folds);
        const auto model = make(subjects()[s], prior, static_cast<std::uint64_t>(seed));
        sum.add(rank_rest(*model, tasks[t], order, subjects()[s].known));
      }
      fmt::print("{:18.3f}", sum.correlation / sum.count);
      total[s].add(sum);
    }
    fmt::print("\n");
    std::fflush(stdout);
  }
  const auto row = [&](const char* name, double Quality::* value) {
    fmt::print("{:58}", name);
    for (const Quality& q : total) fmt::print("{:18.3f}", q.*value / std::max(1, q.count));
    fmt::print("\n");
  };
  row("mean: rank correlation", &Quality::correlation);
  row("mean: of the 10 fastest among the 30 best ranked", &Quality::recall);
  row("mean: speed of the best of 16, of the fastest", &Quality::best);
  return 0;
}

int train(const Options& options) {
  const std::vector<MeasuredTask> tasks = measured_tasks(read_workload_list(options.workloads), options.records);
  std::vector<const MeasuredTask*> all;
  std::size_t programs = 0;
  for (const MeasuredTask& task : tasks) {
    all.push_back(&task);
    programs += task.programs.size();
  }
  const std::string file = cost::to_model_file(train_prior(all));
  std::ofstream out(options.out, std::ios::binary);
  if (!(out << file)) throw Error(Code::cannot_write, "cannot write {}", options.out);
  fmt::print("{}: {} trees from {} programs of {} workloads, {} KiB\n", options.out, kPriorTrees, programs,
             tasks.size(), file.size() / 1024);
  return 0;
}

int run(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.verb == "evaluate" && !options.workloads.empty()) return evaluate(options);
  if (options.verb == "train" && !options.out.empty() && !options.workloads.empty()) return train(options);
  fmt::print(stderr,
             "usage: tilewright_cost_model evaluate --workloads LIST [--folds N] [--seeds N] RECORDS…\n"
             "       tilewright_cost_model train --workloads LIST --out FILE RECORDS…\n");
  return static_cast<int>(Code::usage);
}

}  // namespace
}  // namespace tilewright

int main(int argc, char** argv) {
  try {
    return tilewright::run(argc, argv);
  } catch (const tilewright::Error& error) {
    fmt::print(stderr, "tilewright_cost_model: {}\n", error.what());
    return static_cast<int>(error.code());
  }
}
