#pragma once

#include <array>
#include <limits>
#include <string_view>
#include <vector>

#include "space/search_space.h"
#include "task/task.h"

namespace tilewright::search {

/// What is known of a sketch before any of its states was measured, and alone and together with the task's sizes; then
/// how its search goes. All roughly within -1 … 1.
inline constexpr std::array<std::string_view, 20> kSketchFeatures{
    "bias",         "cache write",     "packing",         "rfactor",          "fused at 1",
    "fused at 2",   "tiled stages",    "inlined stages",  "packing*reduce",   "packing*spatial",
    "cache*reduce", "fused1*spatial",  "fused2*reduce",   "fused2*intensity", "rfactor*reduce",
    "tried",        "share of trials", "behind the best", "log trials",       "won last"};
inline constexpr std::size_t kSketchProgress = 15;  ///< features from here on are of the search

using SketchFeatures = std::array<double, kSketchFeatures.size()>;

/// How the search of a task stands with one sketch.
struct SketchProgress {
  int trials = 0, task_trials = 0;                            ///< of the sketch, of all
  double log_best = std::numeric_limits<double>::infinity();  ///< log2 seconds; infinity: nothing valid
  double task_log_best = std::numeric_limits<double>::infinity();
  double won = 0;  ///< log2 of the speed-up that its last batch brought to the task
};

/// The features without progress, one row per sketch.
std::vector<SketchFeatures> sketch_features(const task::Task& task, const space::SearchSpace& space);
/// Fills in the rest.
SketchFeatures with_progress(SketchFeatures features, const SketchProgress& progress);

}  // namespace tilewright::search
