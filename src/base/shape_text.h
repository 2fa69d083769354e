#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tilewright {

/// "1x3x224x224"; "scalar" for rank 0.
std::string shape_text(std::span<const std::int64_t> shape);

}  // namespace tilewright
