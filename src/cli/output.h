#pragma once

#include <nlohmann/json.hpp>

namespace tilewright::cli {

/// Standard output as one JSON object on one line. Numbers that JSON does not know (infinity, NaN) become null.
void print_json(const nlohmann::json& json);

/// From now on nothing comes out at standard output.
void silence_output();

/// Ends standard output. Errors: Error(cannot_write) if not all of it could be written (a full disk, a closed pipe).
void finish_output();

}  // namespace tilewright::cli
