#include "graph/array.h"

#include <bit>
#include <cmath>

#include "base/error.h"

namespace tilewright::graph {
namespace {

float widen(std::uint16_t bf16) { return std::bit_cast<float>(static_cast<std::uint32_t>(bf16) << 16); }

/// Rounds half to even; NaN stays NaN.
std::uint16_t narrow(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace

double element(const runtime::Tensor& tensor, std::int64_t i) {
  const void* data = tensor.data();
  switch (tensor.type()) {
    case DType::boolean:
    case DType::u8:
      return static_cast<const std::uint8_t*>(data)[i];
    case DType::i8:
      return static_cast<const std::int8_t*>(data)[i];
    case DType::i32:
      return static_cast<const std::int32_t*>(data)[i];
    case DType::i64:
      return static_cast<double>(static_cast<const std::int64_t*>(data)[i]);
    case DType::bf16:
      return widen(static_cast<const std::uint16_t*>(data)[i]);
    case DType::f32:
      return static_cast<const float*>(data)[i];
    case DType::f64:
      return static_cast<const double*>(data)[i];
  }
  return 0;
}

void set_element(runtime::Tensor& tensor, std::int64_t i, double value) {
  void* data = tensor.data();
  switch (tensor.type()) {
    case DType::boolean:
      static_cast<std::uint8_t*>(data)[i] = value != 0;
      return;
    case DType::u8:
      static_cast<std::uint8_t*>(data)[i] = static_cast<std::uint8_t>(value);
      return;
    case DType::i8:
      static_cast<std::int8_t*>(data)[i] = static_cast<std::int8_t>(value);
      return;
    case DType::i32:
      static_cast<std::int32_t*>(data)[i] = static_cast<std::int32_t>(value);
      return;
    case DType::i64:
      static_cast<std::int64_t*>(data)[i] = static_cast<std::int64_t>(value);
      return;
    case DType::bf16:
      static_cast<std::uint16_t*>(data)[i] = narrow(static_cast<float>(value));
      return;
    case DType::f32:
      static_cast<float*>(data)[i] = static_cast<float>(value);
      return;
    case DType::f64:
      static_cast<double*>(data)[i] = value;
      return;
  }
}

te::Array to_array(const runtime::Tensor& tensor) {
  te::Array array{tensor.type(), tensor.shape(), {}};
  array.values.reserve(static_cast<std::size_t>(tensor.elements()));
  for (std::int64_t i = 0; i < tensor.elements(); ++i) array.values.push_back(element(tensor, i));
  return array;
}

runtime::Tensor to_tensor(const te::Array& array) {
  runtime::Tensor tensor(array.type, array.shape);
  for (std::size_t i = 0; i < array.values.size(); ++i)
    set_element(tensor, static_cast<std::int64_t>(i), array.values[i]);
  return tensor;
}

std::vector<std::int64_t> to_integers(const runtime::Tensor& tensor) {
  std::vector<std::int64_t> values;
  if (tensor.type() == DType::i64) {  // exactly, whatever their size
    for (const std::int64_t value : tensor.as<std::int64_t>()) values.push_back(value);
    return values;
  }
  TW_CHECK(tensor.type() == DType::i32, "{} is no index type", to_text(tensor.type()));
  for (const std::int32_t value : tensor.as<std::int32_t>()) values.push_back(value);
  return values;
}

}  // namespace tilewright::graph
