#include "driver/elements.h"

#include <fmt/ranges.h>

#include <bit>

#include "base/error.h"
#include "base/rng.h"

namespace tilewright::driver {
namespace {

template <class T, class Wide = double>
std::vector<Wide> widen(const runtime::Tensor& tensor) {
  const std::span<const T> values = tensor.as<T>();
  return {values.begin(), values.end()};
}

std::vector<std::int64_t> widen_boolean(const runtime::Tensor& tensor) {
  std::vector<std::int64_t> result = widen<std::uint8_t, std::int64_t>(tensor);
  for (std::int64_t& value : result) value = value != 0 ? 1 : 0;
  return result;
}

std::vector<double> widen_bf16(const runtime::Tensor& tensor) {
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(tensor.elements()));
  for (std::uint16_t half : tensor.as<std::uint16_t>())
    result.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16));
  return result;
}

template <class T>
void fill(runtime::Tensor& tensor, const auto& draw) {
  for (T& value : tensor.as<T>()) value = static_cast<T>(draw());
}

}  // namespace

std::vector<double> elements_as_double(const runtime::Tensor& tensor) {
  switch (tensor.type()) {
    case DType::boolean:
    case DType::u8:
      return widen<std::uint8_t>(tensor);
    case DType::i8:
      return widen<std::int8_t>(tensor);
    case DType::i32:
      return widen<std::int32_t>(tensor);
    case DType::i64:
      return widen<std::int64_t>(tensor);
    case DType::bf16:
      return widen_bf16(tensor);
    case DType::f32:
      return widen<float>(tensor);
    case DType::f64:
      return widen<double>(tensor);
  }
  return {};
}

std::vector<std::int64_t> elements_as_integer(const runtime::Tensor& tensor) {
  switch (tensor.type()) {
    case DType::boolean:
      return widen_boolean(tensor);
    case DType::u8:
      return widen<std::uint8_t, std::int64_t>(tensor);
    case DType::i8:
      return widen<std::int8_t, std::int64_t>(tensor);
    case DType::i32:
      return widen<std::int32_t, std::int64_t>(tensor);
    case DType::i64:
      return widen<std::int64_t, std::int64_t>(tensor);
    case DType::bf16:
    case DType::f32:
    case DType::f64:
      break;
  }
  TW_CHECK(false, "elements of type {} are no integers", to_text(tensor.type()));
}

runtime::Tensor random_tensor(DType type, const std::vector<std::int64_t>& shape, std::uint64_t seed) {
  Rng rng(seed);
  const auto real = [&] { return 2 * rng.uniform() - 1; };
  const auto coin = [&] { return rng.below(2); };
  runtime::Tensor tensor(type, shape, runtime::Use::kernels);
  switch (type) {
    case DType::boolean:
    case DType::u8:
    case DType::i8:
      fill<std::uint8_t>(tensor, coin);
      break;
    case DType::i32:
      fill<std::int32_t>(tensor, coin);
      break;
    case DType::i64:
      fill<std::int64_t>(tensor, coin);
      break;
    case DType::bf16:
      fill<std::uint16_t>(tensor, [&] { return std::bit_cast<std::uint32_t>(static_cast<float>(real())) >> 16; });
      break;
    case DType::f32:
      fill<float>(tensor, real);
      break;
    case DType::f64:
      fill<double>(tensor, real);
      break;
  }
  return tensor;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

}  // namespace tilewright::driver
