#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "search/policy/policy_memory.h"
#include "space/search_space.h"
#include "task/task.h"

namespace tilewright::search {

/// Decides how much each sketch (program structure) gets: of the states drawn afresh and, if it wants to, of the states
/// bred and measured. One object per task; called from the search's thread only.
class SketchPolicy {
 public:
  /// A measured candidate, as the policy sees it.
  struct Outcome {
    int sketch;
    double time_s;         ///< infinity: it failed
    double best_before_s;  ///< of the task, before its batch; infinity if there was none
    double cost_s;         ///< what it took to compile and run
  };
  virtual ~SketchPolicy() = default;
  /// One share per sketch, none negative; they add up to 1.
  virtual std::vector<double> shares() const = 0;
  /// The shares hold for parents and for the measured batch, too; if not, the cost model alone chooses among sketches.
  virtual bool allots_slots() const { return true; }
  /// If so, of the measured batch; `ranked_first`: each sketch's share of the candidates that the cost model puts
  /// first.
  virtual std::vector<double> slots(std::span<const double> ranked_first [[maybe_unused]]) const { return shares(); }
  /// Learns from a measured batch; candidates whose sketch is not known are left out.
  virtual void observe(std::span<const Outcome> outcomes) = 0;
};

/// What a policy is made for. All of it must outlive the policy.
struct PolicyContext {
  const space::SearchSpace& space;
  const task::Task& task;
  PolicyMemory& memory;  ///< what policies learned over all tasks, and go on learning
  std::uint64_t seed = 0;
};

/// A policy by name: "uniform", "bandit" or "q-learning". Errors: Error(usage) that names the known ones.
std::unique_ptr<SketchPolicy> make_sketch_policy(std::string_view name, const PolicyContext& context);

/// Every sketch alike, for ever: Ansor's choice.
class UniformSketchPolicy : public SketchPolicy {
 public:
  explicit UniformSketchPolicy(int sketches) : sketches_(sketches) {}
  std::vector<double> shares() const override {
    return std::vector<double>(static_cast<std::size_t>(sketches_), 1.0 / sketches_);
  }
  bool allots_slots() const override { return false; }
  void observe(std::span<const Outcome>) override {}

 private:
  int sketches_;
};

/// Gives every sketch at least `floor` of the shares, but none to those whose share is 0, and makes them add up to 1.
/// All 0: all alike.
std::vector<double> with_floor(std::vector<double> shares, double floor);

}  // namespace tilewright::search
