#pragma once

#include "codegen/target.h"
#include "space/search_space.h"

namespace tilewright::search {

/// What the search space must know of a target whose kernels run with `threads` threads.
space::Hardware hardware_of(const codegen::Target& target, int threads);

}  // namespace tilewright::search
