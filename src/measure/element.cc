#include "measure/element.h"

#include <bit>
#include <cmath>

namespace tilewright::measure {
namespace {

template <class T>
double load(const void* data, std::int64_t index) {
  return static_cast<double>(static_cast<const T*>(data)[index]);
}
template <class T>
void store(void* data, std::int64_t index, double value) {
  static_cast<T*>(data)[index] = static_cast<T>(value);
}

double from_bf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t to_bf16(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40);  // stays a NaN, quiet
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace

double load_element(DType type, const void* data, std::int64_t index) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return load<std::uint8_t>(data, index);
    case DType::i8:
      return load<std::int8_t>(data, index);
    case DType::i32:
      return load<std::int32_t>(data, index);
    case DType::i64:
      return load<std::int64_t>(data, index);
    case DType::bf16:
      return from_bf16(static_cast<const std::uint16_t*>(data)[index]);
    case DType::f32:
      return load<float>(data, index);
    case DType::f64:
      return load<double>(data, index);
  }
  return 0;
}

void store_element(DType type, void* data, std::int64_t index, double value) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return store<std::uint8_t>(data, index, value);
    case DType::i8:
      return store<std::int8_t>(data, index, value);
    case DType::i32:
      return store<std::int32_t>(data, index, value);
    case DType::i64:
      return store<std::int64_t>(data, index, value);
    case DType::bf16:
      static_cast<std::uint16_t*>(data)[index] = to_bf16(value);
      return;
    case DType::f32:
      return store<float>(data, index, value);
    case DType::f64:
      return store<double>(data, index, value);
  }
}

}  // namespace tilewright::measure
