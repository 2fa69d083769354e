#pragma once

#include <string>
#include <vector>

namespace tilewright::cost {

/// Names of all columns of a row: Ansor's 164 (as TVM calls them), then the analytic model's under "draft.".
const std::vector<std::string>& feature_names();

/// docs/features.md: every column with its meaning.
std::string features_document();

}  // namespace tilewright::cost
