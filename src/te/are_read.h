#pragma once

#include <span>
#include <vector>

#include "te/tensor.h"

namespace tilewright::te {

/// For each of `inputs`, whether `output` depends on it: folding may have left one unread, as x * 0 does for integers.
std::vector<bool> are_read(std::span<const Tensor> inputs, const Tensor& output);

}  // namespace tilewright::te
