#include "driver/tensors/elements.h"

#include "base/element.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/rounding.h"

namespace tilewright::driver {

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
  runtime::Tensor tensor(type, shape, runtime::Use::kernels);
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    const Number value = is_float(type) ? Number(2 * rng.uniform() - 1) : Number(std::int64_t(rng.below(2)));
    store_element(type, tensor.data(), i, value);
  }
  return tensor;
}

}  // namespace tilewright::driver
