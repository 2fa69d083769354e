#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "schedule/step.h"

namespace tilewright::schedule {

/// Steps in TVM's record layout (docs/records.md): ["SP", stage, iter, extent, [lengths], 1]; an unknown length is
/// null.
nlohmann::json to_json(const std::vector<Step>& steps);
nlohmann::json to_json(const Step& step);
/// The inverse. Failure names the step's position and what is wrong: "step 3: SP needs 6 fields, has 4".
Result<std::vector<Step>> steps_from_json(const nlohmann::json& json);

}  // namespace tilewright::schedule
