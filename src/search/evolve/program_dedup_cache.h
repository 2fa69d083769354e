#pragma once

#include <cstdint>
#include <unordered_set>

#include "schedule/state.h"
#include "target/target_spec.h"

namespace tilewright::search {

/// Which programs were proposed for a task. Different schedules often come to the same program once the target's passes
/// have shaped what a schedule leaves open: to compile such a one costs as much as any, and teaches nothing.
class ProgramDedupCache {
 public:
  /// `target`: that code is made for.
  explicit ProgramDedupCache(target::TargetSpec target) : target_(std::move(target)) {}
  /// Adds the state's program; false if it was known. One that cannot be lowered counts as new: the compiler will say
  /// why.
  bool add(const schedule::State& state);

 private:
  target::TargetSpec target_;
  std::unordered_set<std::uint64_t> hashes_;
};

}  // namespace tilewright::search
