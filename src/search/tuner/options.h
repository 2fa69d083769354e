#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "search/policy/policy_memory.h"
#include "space/options.h"

namespace tilewright::search {

/// How the candidates of one round are bred.
struct EvolutionOptions {
  int population = 384;          ///< states per generation
  int generations = 3;           ///< of mutation, after the first
  double mutation_share = 0.85;  ///< of a generation is mutated; the rest is sampled afresh
  double elite_share = 0.5;      ///< of the parents are states that were measured and found good, if there are any
  int elites = 24;               ///< how many of those count as good
  double random_share = 0.1;     ///< of a measured batch is drawn at random, whatever the cost model says
  int diversity_cap = 3;         ///< of a measured batch at most so many share sketch and innermost tile
};

/// The last step: neighbours of the best states, one tile move away, measured until none is better.
struct DescentOptions {
  bool on = true;
  int patience = 3;          ///< rounds of evolution without progress before it starts
  double progress = 0.01;    ///< smaller gains per round count as none
  int centers = 3;           ///< best states to start from, one after another
  int neighbours = 24;       ///< of each, best predicted; the others are left out
  double final_share = 0.2;  ///< of the trials or time that are left for it to start even while there is progress
};

/// What else the time budget of a run has to pay for.
struct BudgetFrame {
  /// When it began, on the runner's clock, if that was before the run.
  std::optional<double> begun_s;
  double closing_s = 0;  ///< that the caller needs after the run, whatever is left
  /// The caller then also compiles all tasks, with default and with tuned schedules, and times both: time is kept for
  /// that if it is a small part of the budget.
  bool compares_models = false;
};

/// Everything that shapes a search. The defaults are Tilewright's own; Ansor's are in `ansor_options`.
struct TuneOptions {
  std::uint64_t seed = 0;
  int trials = 1000;  ///< over all tasks; states measured in an earlier run (resumed records) count
  double budget_s = std::numeric_limits<double>::infinity();  ///< of wall time
  BudgetFrame budget;
  double until_share = 0;  ///< of peak: a task that reaches it is done; 0: never. Needs peak_gflops
  double peak_gflops = 0;  ///< of the machine with all threads; 0: not known
  /// The run ends when a further second is expected to take less than this share off the time of all tasks (expected is
  /// what the last quarter of the run brought per second); 0: never.
  double min_gain_per_s = 0;
  int batch = 16;                ///< states measured per round
  int threads = 1;               ///< that the search itself uses
  bool foreign_records = false;  ///< the schedules of records of other machines are measured first, not ignored
  int finalists =
      6;  ///< best states of a task that are timed in turns before one is declared best; 0: no re-measurement
  bool default_competes =
      true;  ///< the default schedule is a candidate and a parent; if not, only a time to compare with
  bool distinct_programs = true;  ///< schedules that come to a program that was proposed before are left out
  int transfers = 4;  ///< schedules of other tasks that a task tries at first and every few rounds, best predicted
  space::SpaceOptions space;
  std::string sketch_policy = "uniform", mutation_policy = "fixed", cost_model = "analytic";
  bool priors = true;  ///< start from what was learned on other operators
  /// What policies that learn over tasks start from and add to; null: they start with nothing.
  std::shared_ptr<PolicyMemory> policy_memory;
  EvolutionOptions evolution;
  DescentOptions descent;
};

/// Ansor's parameters where this search has the same ones (docs/ansor.md §0): batches of 64, population 2048, four
/// generations, 5 % random, its cost model, no descent, no priors, no default schedule to start from, the ansor space.
TuneOptions ansor_options();

}  // namespace tilewright::search
