#pragma once

#include <cstdint>
#include <unordered_set>

#include "backend/api/scheduled_program.h"

namespace tilewright::search {

/// Which programs were proposed for a task. Different schedules often come to the same program once the target's passes
/// have shaped what a schedule leaves open: to compile such a one costs as much as any, and teaches nothing.
class ProgramDedupCache {
 public:
  /// Adds the program; false if it was known. One that cannot be lowered counts as new: the compiler will say why.
  bool add(const backend::ScheduledProgram& scheduled) {
    return !scheduled.program() || hashes_.insert(scheduled.program_hash()).second;
  }

 private:
  std::unordered_set<std::uint64_t> hashes_;
};

}  // namespace tilewright::search
