#pragma once

#include <fmt/format.h>

#include <array>
#include <string>

namespace tilewright::space {

/// Limits of unrolling that sampling, mutation and descent choose from, ascending.
inline constexpr std::array kUnrollLimits{0, 16, 64, 512};

/// The text of the pragma that sets a limit.
inline std::string unroll_pragma(int limit) { return fmt::format("auto_unroll_max_step${}", limit); }

}  // namespace tilewright::space
