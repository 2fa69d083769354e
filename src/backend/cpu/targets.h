#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

/// This machine, features checked against what the operating system saves (XCR0) by LLVM's detection.
target::TargetSpec host_target();
/// "host", "x86-64-v3", "x86-64-v4", … Failure names the known ones.
Result<target::TargetSpec> parse_target(const std::string& text);
/// Every feature that code made for it may need of a processor, those that its `cpu` stands for and those that another
/// implies included: LLVM's names without a sign, sorted.
std::vector<std::string> required_features(const target::TargetSpec& target);

}  // namespace tilewright::cpu
