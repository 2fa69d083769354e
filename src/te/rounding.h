#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace tilewright::te {

/// The value of `type` nearest to `value`: floats round to nearest, ties to even (an overflow becomes infinity).
/// Float types only.
double round_float(DType type, double value);

/// `value` reduced to the width of an integer type, as two's complement hardware does; bool: value != 0.
std::int64_t wrap_integer(DType type, std::int64_t value);

/// Truncates towards zero; NaN becomes 0 and what does not fit becomes the nearest 64-bit integer.
std::int64_t truncate_to_integer(double value);

/// Smallest and largest value of an integer type (bool: 0 and 1).
std::int64_t lowest_integer(DType type);
std::int64_t highest_integer(DType type);

}  // namespace tilewright::te
