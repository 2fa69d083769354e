#pragma once

#include <filesystem>

#include "search/policy/move_model.h"
#include "search/policy/program_value.h"
#include "search/policy/sketch_agent.h"

namespace tilewright::search {

/// What policies learn over all tasks of a run, and what trained ones start from.
struct PolicyMemory {
  SketchAgent sketches;
  MoveModel moves;
  ValueMemory values;

  /// As trained offline (scripts/train_policies) and shipped inside the program; weighs less than what it was trained
  /// on, so that a run can correct it.
  static PolicyMemory trained();
  static constexpr int kVersion = 2;
};

/// JSON text. Errors of the reverse: Error(bad_input) naming both versions, or the feature that is missing.
std::string to_text(const PolicyMemory& memory);
PolicyMemory policy_memory_from(std::string_view text);

}  // namespace tilewright::search
