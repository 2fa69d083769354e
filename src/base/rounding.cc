#include "base/rounding.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace tilewright {
namespace {

/// Rounds through f32 with the lost part folded into the last bit first ("round to odd"), so that rounding twice gives
/// the same as rounding once.
double round_to_bf16(double value) {
  if (!std::isfinite(value)) return value;
  float single = static_cast<float>(value);
  auto bits = std::bit_cast<std::uint32_t>(single);
  if (static_cast<double>(single) != value && std::isfinite(single)) {
    if (std::abs(static_cast<double>(single)) > std::abs(value)) --bits;  // towards zero …
    bits |= 1;                                                            // … then sticky
  }
  const std::uint32_t tie_to_even = 0x7fff + ((bits >> 16) & 1);
  return std::bit_cast<float>((bits + tie_to_even) & 0xffff0000U);
}

}  // namespace

double round_float(DType type, double value) {
  switch (type) {
    case DType::f64:
      return value;
    case DType::f32:
      return static_cast<float>(value);
    case DType::bf16:
      return round_to_bf16(value);
    default:
      break;
  }
  TW_CHECK(false, "{} is not a float type", to_text(type));
}

std::int64_t wrap_integer(DType type, std::int64_t value) {
  switch (type) {
    case DType::boolean:
      return value != 0;
    case DType::i8:
      return static_cast<std::int8_t>(value);
    case DType::u8:
      return static_cast<std::uint8_t>(value);
    case DType::i32:
      return static_cast<std::int32_t>(value);
    case DType::i64:
      return value;
    default:
      break;
  }
  TW_CHECK(false, "{} is not an integer type", to_text(type));
}

std::int64_t truncate_to_integer(DType type, double value) {
  const double end = type == DType::i64 ? 0x1p63 : 0x1p31;  // -end is a value of both types, end of neither
  return static_cast<std::int64_t>(std::abs(value) < end ? value : -end);
}

double to_float(DType type, const Number& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  if (integer && type == DType::f32) return static_cast<float>(*integer);  // by way of a double it would round twice
  return round_float(type, to_double(value));
}

std::int64_t to_integer(DType type, const Number& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return wrap_integer(type, *integer);
  const double real = std::get<double>(value);
  return type == DType::boolean ? real != 0 : wrap_integer(type, truncate_to_integer(type, real));
}

Number to_type(DType type, const Number& value) {
  return is_float(type) ? Number(to_float(type, value)) : Number(to_integer(type, value));
}

std::int64_t lowest_integer(DType type) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return 0;
    case DType::i8:
      return std::numeric_limits<std::int8_t>::min();
    case DType::i32:
      return std::numeric_limits<std::int32_t>::min();
    case DType::i64:
      return std::numeric_limits<std::int64_t>::min();
    default:
      break;
  }
  TW_CHECK(false, "{} is not an integer type", to_text(type));
}

std::int64_t highest_integer(DType type) {
  switch (type) {
    case DType::boolean:
      return 1;
    case DType::u8:
      return std::numeric_limits<std::uint8_t>::max();
    case DType::i8:
      return std::numeric_limits<std::int8_t>::max();
    case DType::i32:
      return std::numeric_limits<std::int32_t>::max();
    case DType::i64:
      return std::numeric_limits<std::int64_t>::max();
    default:
      break;
  }
  TW_CHECK(false, "{} is not an integer type", to_text(type));
}

}  // namespace tilewright
