#pragma once

#include <string>

#include "target/target_spec.h"

namespace tilewright::driver {

/// The target that --target names. Errors: Error(usage) that names the known ones.
target::TargetSpec parse_target(const std::string& text);

/// The same, for code that is to run here. Errors: Error(usage) too if this machine can't run the target's code.
target::TargetSpec parse_target_to_run(const std::string& text);

}  // namespace tilewright::driver
