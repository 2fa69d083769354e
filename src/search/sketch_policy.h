#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/rng.h"

namespace tilewright::search {

/// Decides from which sketch (program structure) the next random states are drawn. One object per task.
class SketchPolicy {
 public:
  /// A measured candidate, as the policy sees it.
  struct Outcome {
    int sketch;
    double time_s;         ///< infinity: it failed
    double best_before_s;  ///< of the task, before its batch; infinity if there was none
  };
  virtual ~SketchPolicy() = default;
  /// A position in [0, sketches). Called from several threads at once.
  virtual int choose(int sketches, Rng& rng) const = 0;
  /// Learns from a measured batch; candidates whose sketch is not known are left out.
  virtual void observe(std::span<const Outcome> outcomes) = 0;
};

/// A policy by name: "uniform". Errors: Error(usage) that names the known ones.
std::unique_ptr<SketchPolicy> make_sketch_policy(std::string_view name);

/// Every sketch alike, for ever: Ansor's choice.
class UniformSketchPolicy : public SketchPolicy {
 public:
  int choose(int sketches, Rng& rng) const override { return static_cast<int>(rng.below(sketches)); }
  void observe(std::span<const Outcome>) override {}
};

}  // namespace tilewright::search
