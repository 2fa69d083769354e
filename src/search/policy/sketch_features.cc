#include "search/policy/sketch_features.h"

#include <algorithm>
#include <cmath>

#include "base/dtype.h"
#include "base/match.h"

namespace tilewright::search {
namespace {

using namespace schedule;

/// The task's sizes, logarithms scaled to about 1.
struct Sizes {
  double spatial, reduce, intensity;
};
Sizes sizes_of(const task::Task& task) {
  double bytes = 0, outputs = 1;
  for (const te::Tensor& tensor : task.dag->ops()) {
    if (tensor->is_placeholder() || tensor.op() == task.dag->ops().back().op())
      bytes += static_cast<double>(tensor->elements() * bytes_of(tensor->type));
    outputs = static_cast<double>(tensor->elements());
  }
  const double flops = std::max(1.0, task.flops);
  return {std::log2(outputs) / 24, std::log2(std::max(1.0, flops / (2 * outputs))) / 14,
          std::log2(std::max(1.0, flops / bytes)) / 8};
}

/// Loops of the consumer outside of which the last tiled stage is computed, in whole tile levels.
int fusion_level(const State& sketch) {
  int level = 0;
  for (int i = 0; i < sketch.num_steps(); ++i)
    if (const auto* follow = std::get_if<FollowSplitStep>(&sketch.step(i))) level = follow->levels;
  return level;
}

}  // namespace

std::vector<SketchFeatures> sketch_features(const task::Task& task, const space::SearchSpace& space) {
  const Sizes sizes = sizes_of(task);
  std::vector<SketchFeatures> rows;
  for (const State& sketch : space.sketches()) {
    double write = 0, read = 0, rfactor = 0, tiled = 0, inlined = 0;
    for (int i = 0; i < sketch.num_steps(); ++i)
      match_variant(
          sketch.step(i), [&](const CacheWriteStep&) { write = 1; }, [&](const CacheReadStep&) { read = 1; },
          [&](const RfactorStep&) { rfactor = 1; }, [&](const ReorderStep&) { tiled += 0.25; },
          [&](const ComputeInlineStep&) { inlined += 0.25; }, [](const auto&) {});
    const double fused1 = fusion_level(sketch) == 1, fused2 = fusion_level(sketch) == 2;
    rows.push_back({1,
                    write,
                    read,
                    rfactor,
                    fused1,
                    fused2,
                    tiled,
                    inlined,
                    read * sizes.reduce,
                    read * sizes.spatial,
                    write * sizes.reduce,
                    fused1 * sizes.spatial,
                    fused2 * sizes.reduce,
                    fused2 * sizes.intensity,
                    rfactor * sizes.reduce,
                    0,
                    0,
                    0,
                    0,
                    0});
  }
  return rows;
}

SketchFeatures with_progress(SketchFeatures features, const SketchProgress& progress) {
  const bool both = std::isfinite(progress.log_best) && std::isfinite(progress.task_log_best);
  const double behind = both ? std::clamp((progress.task_log_best - progress.log_best) / 3, -1.0, 0.0) : 0;
  features[kSketchProgress] = progress.trials > 0;
  features[kSketchProgress + 1] =
      progress.task_trials > 0 ? static_cast<double>(progress.trials) / progress.task_trials : 0;
  features[kSketchProgress + 2] = progress.trials > 0 && !both ? -1 : behind;
  features[kSketchProgress + 3] = std::log2(1.0 + progress.task_trials) / 10;
  features[kSketchProgress + 4] = std::min(1.0, progress.won);
  return features;
}

}  // namespace tilewright::search
