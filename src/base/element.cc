#include "base/element.h"

#include <bit>
#include <cmath>

#include "base/rounding.h"

namespace tilewright {
namespace {

template <class T>
T load(const void* data, std::int64_t index) {
  return static_cast<const T*>(data)[index];
}
template <class T, class Value>
void store(void* data, std::int64_t index, Value value) {
  static_cast<T*>(data)[index] = static_cast<T>(value);
}

double from_bf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Of a value that bf16 holds; a NaN becomes a quiet one.
std::uint16_t to_bf16(double value) {
  const auto upper_half = std::bit_cast<std::uint32_t>(static_cast<float>(value)) >> 16;
  return static_cast<std::uint16_t>(std::isnan(value) ? upper_half | 0x40 : upper_half);
}

}  // namespace

Number load_element(DType type, const void* data, std::int64_t index) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return std::int64_t{load<std::uint8_t>(data, index)};
    case DType::i8:
      return std::int64_t{load<std::int8_t>(data, index)};
    case DType::i32:
      return std::int64_t{load<std::int32_t>(data, index)};
    case DType::i64:
      return load<std::int64_t>(data, index);
    case DType::bf16:
      return from_bf16(load<std::uint16_t>(data, index));
    case DType::f32:
      return static_cast<double>(load<float>(data, index));
    case DType::f64:
      return load<double>(data, index);
  }
  return 0.0;
}

void store_element(DType type, void* data, std::int64_t index, const Number& value) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return store<std::uint8_t>(data, index, to_integer(type, value));
    case DType::i8:
      return store<std::int8_t>(data, index, to_integer(type, value));
    case DType::i32:
      return store<std::int32_t>(data, index, to_integer(type, value));
    case DType::i64:
      return store<std::int64_t>(data, index, to_integer(type, value));
    case DType::bf16:
      static_cast<std::uint16_t*>(data)[index] = to_bf16(to_float(type, value));
      return;
    case DType::f32:
      return store<float>(data, index, to_float(type, value));
    case DType::f64:
      return store<double>(data, index, to_float(type, value));
  }
}

}  // namespace tilewright
