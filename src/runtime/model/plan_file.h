#pragma once

#include <filesystem>

#include "runtime/model/model.h"

namespace tilewright::runtime {

/// Writes the model file of a plan, whose code this machine need not be able to run.
/// Errors: Error(cannot_write); what was at `path` is still there then.
void save_plan(const ModelPlan& plan, const std::filesystem::path& path);

}  // namespace tilewright::runtime
