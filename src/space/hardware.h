#pragma once

#include "space/search_space.h"
#include "target/target_spec.h"

namespace tilewright::space {

/// What the search space must know of a target whose kernels run with `threads` threads.
Hardware hardware_of(const target::TargetSpec& target, int threads);

}  // namespace tilewright::space
