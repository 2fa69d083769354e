#pragma once

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>

#include "schedule/step.h"

namespace tilewright::space {

/// Limits of unrolling that sampling, mutation and descent choose from, ascending.
inline constexpr std::array kUnrollLimits{0, 16, 64, 512};

/// The text of the pragma that sets a limit.
inline std::string unroll_pragma(int limit) { return fmt::format("auto_unroll_max_step${}", limit); }

/// The opposite of a hint about memory (schedule::kPrefetchPragma, schedule::kStreamPragma); nothing for other pragmas.
std::optional<schedule::PragmaStep> other_hint(const schedule::PragmaStep& step);

}  // namespace tilewright::space
