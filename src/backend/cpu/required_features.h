#pragma once

#include <string>
#include <vector>

#include "target/target_spec.h"

namespace tilewright::cpu {

/// Every feature that code made for it may need of a processor, those that its `cpu` stands for and those that another
/// implies included, by LLVM's tables: its names without a sign, sorted.
std::vector<std::string> required_features(const target::TargetSpec& target);

}  // namespace tilewright::cpu
