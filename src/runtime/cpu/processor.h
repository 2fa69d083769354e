#pragma once

#include <string>
#include <vector>

namespace tilewright::runtime {

/// Those of `features` (compilers' names, "avx512f") that this processor or operating system does not support. A name
/// that can't be checked here is missing too, and is followed by " (not known to this version)".
std::vector<std::string> missing_features(const std::vector<std::string>& features);

}  // namespace tilewright::runtime
