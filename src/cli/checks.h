#pragma once

#include <CLI/CLI.hpp>

namespace tilewright::cli {

/// For an option with a number from `least` to `most`; what is not a number at all (NaN) is none of them.
CLI::Validator number_between(double least, double most);

/// Errors: Error(usage) naming an option or argument that was given an empty text, as an unset variable of a shell is.
void refuse_empty_texts(const CLI::App& command);

}  // namespace tilewright::cli
