#pragma once

#include <utility>
#include <vector>

#include "search/made_up_runner.h"
#include "search/tuner/network_tuner.h"

namespace tilewright::search {

/// Options of a search that takes a moment: `trials` in batches of 8, re-measurements of 4 and the default.
inline TuneOptions small_options(int trials) {
  TuneOptions options;
  options.trials = trials;
  options.batch = 8;
  options.evolution.population = 48;
  options.evolution.generations = 2;
  options.finalists = 4;
  return options;
}

inline NetworkTuner tuner_for(std::vector<task::Task> tasks, const TuneOptions& options) {
  return NetworkTuner(std::move(tasks), options, made_up_target(), 2);
}

}  // namespace tilewright::search
