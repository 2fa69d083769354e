#include "driver/tensors/elements.h"

#include <bit>

#include "base/element.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/rounding.h"

namespace tilewright::driver {
namespace {

template <class T>
void fill(runtime::Tensor& tensor, const auto& draw) {
  for (T& value : tensor.as<T>()) value = static_cast<T>(draw());
}

}  // namespace

std::vector<double> elements_as_double(const runtime::Tensor& tensor) {
  std::vector<double> elements(static_cast<std::size_t>(tensor.elements()));
  for (std::size_t i = 0; i < elements.size(); ++i)
    elements[i] = to_double(load_element(tensor.type(), tensor.data(), static_cast<std::int64_t>(i)));
  return elements;
}

std::vector<std::int64_t> elements_as_integer(const runtime::Tensor& tensor) {
  TW_CHECK(!is_float(tensor.type()), "elements of type {} are no integers", to_text(tensor.type()));
  std::vector<std::int64_t> elements(static_cast<std::size_t>(tensor.elements()));
  for (std::size_t i = 0; i < elements.size(); ++i)
    elements[i] = to_integer(tensor.type(), load_element(tensor.type(), tensor.data(), static_cast<std::int64_t>(i)));
  return elements;
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

}  // namespace tilewright::driver
