#pragma once

#include <string>

#include "backend/api/backend.h"
#include "target/target_spec.h"

namespace tilewright::driver {

/// The target that --target names. Errors: Error(usage) that names the known ones.
target::TargetSpec parse_target(const std::string& text);

/// The same, for code that is to run here. Errors: Error(usage) too if this machine can't run the target's code.
target::TargetSpec parse_target_to_run(const std::string& text);

/// `spec` with the backend that makes its code.
backend::TargetRef with_backend(const target::TargetSpec& spec);

}  // namespace tilewright::driver
