#pragma once

#include <optional>

#include "schedule/step.h"

namespace tilewright::space {

/// The opposite of a hint about memory (schedule::kPrefetchPragma, schedule::kStreamPragma); nothing for other pragmas.
std::optional<schedule::PragmaStep> other_hint(const schedule::PragmaStep& step);

}  // namespace tilewright::space
