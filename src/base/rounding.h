#pragma once

#include <cstdint>

#include "base/dtype.h"
#include "base/number.h"

namespace tilewright {

/// The value of `type` nearest to `value`: floats round to nearest, ties to even (an overflow becomes infinity).
/// Float types only.
double round_float(DType type, double value);

/// `value` reduced to the width of an integer type, as two's complement hardware does; bool: value != 0.
std::int64_t wrap_integer(DType type, std::int64_t value);

/// Truncates towards zero to 64 bits for i64, to 32 for the other integer types; NaN and what does not fit there become
/// the smallest integer of that width, as x86 converts. Not for bool.
std::int64_t truncate_to_integer(DType type, double value);

/// `value` converted to a float type: rounded once, from whatever it is.
double to_float(DType type, const Number& value);

/// `value` converted to an integer type: truncated, then reduced to the type's width; bool: value != 0 (NaN is true).
std::int64_t to_integer(DType type, const Number& value);

/// `value` converted to any type, as to_float and to_integer do.
Number to_type(DType type, const Number& value);

/// Smallest and largest value of an integer type (bool: 0 and 1).
std::int64_t lowest_integer(DType type);
std::int64_t highest_integer(DType type);

}  // namespace tilewright
