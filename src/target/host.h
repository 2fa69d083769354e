#pragma once

#include <string>
#include <vector>

#include "target/target_spec.h"

namespace tilewright::target {

/// This machine, as it says itself: CPUID and what the operating system saves of its registers on x86-64, the auxiliary
/// vector and MIDR_EL1 on AArch64. Errors: none; another kind of machine does not compile this.
TargetSpec host_target();

/// Those of `features` (compilers' names, "avx512f") that this processor or operating system does not support. A name
/// that can't be checked here is missing too, and is followed by " (not known to this version)".
std::vector<std::string> missing_features(const std::vector<std::string>& features);

}  // namespace tilewright::target
