#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "cost/learn/ensemble.h"

namespace tilewright::cost {

/// Raised whenever the meaning of an ensemble's columns or answers changes, or the file's form; then the shipped model
/// is trained again (scripts/train_cost_model).
inline constexpr int kModelVersion = 3;

/// What a model file holds: a line of JSON with version, kind, columns, trees, size and checksum of the rest,
/// then XGBoost's own bytes.
std::string to_model_file(const Ensemble& ensemble);
/// The inverse. Errors: Error(bad_input) that names `source` for what is no model file, is of another version (both are
/// named), of other columns, or damaged.
Ensemble from_model_file(std::span<const char> bytes, const std::string& source);

/// What was learned on other operators: the file that the environment variable TILEWRIGHT_COST_MODEL names, else the
/// one that is built into the program. Errors: Error(bad_input) as above, or if the file cannot be read.
Ensemble prior();

}  // namespace tilewright::cost
