#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace tilewright {

/// Fills an input array with values that depend on nothing but seed, position among the arguments and element index,
/// so that the tuner and its workers hold the same bits: floats uniform in [-1, 1) and exact in their type, integers
/// from -8 to 7 (u8: to 15) but no 0, since a network that divides by them does not divide by 0, booleans either.
void fill_input(DType type, void* data, std::int64_t elements, std::uint64_t seed, int argument);

}  // namespace tilewright
