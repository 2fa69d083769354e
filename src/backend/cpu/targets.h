#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

/// This machine, features checked against what the operating system saves (XCR0) by LLVM's detection.
target::TargetSpec host_target();
/// "host", or one that is not this machine, with cores and caches of its own: "x86-64-v2", "x86-64-v3" (4 cores; 32
/// KiB, 256 KiB, 8 MiB), "x86-64-v4" (4; 32 KiB, 1 MiB, 16 MiB), "aarch64+neon" (4; 64 KiB, 1 MiB, 32 MiB). Failure
/// names the known ones.
Result<target::TargetSpec> parse_target(const std::string& text);
/// Every feature that code made for it may need of a processor, those that its `cpu` stands for and those that another
/// implies included: LLVM's names without a sign, sorted.
std::vector<std::string> required_features(const target::TargetSpec& target);

}  // namespace tilewright::cpu
