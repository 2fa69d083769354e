#pragma once

#include <string>
#include <vector>

namespace tilewright::runtime {

/// Those of `features` (compilers' names, "avx512f") that this processor or operating system does not support.
/// Names that can't be checked here are taken to be there.
std::vector<std::string> missing_features(const std::vector<std::string>& features);

}  // namespace tilewright::runtime
