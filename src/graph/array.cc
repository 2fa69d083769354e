#include "graph/array.h"

#include "base/element.h"
#include "base/error.h"

namespace tilewright::graph {
Number element(const runtime::Tensor& tensor, std::int64_t i) { return load_element(tensor.type(), tensor.data(), i); }

double real_element(const runtime::Tensor& tensor, std::int64_t i) { return to_double(element(tensor, i)); }

void set_element(runtime::Tensor& tensor, std::int64_t i, const Number& value) {
  store_element(tensor.type(), tensor.data(), i, value);
}

te::Array to_array(const runtime::Tensor& tensor) {
  te::Array array(tensor.type(), tensor.shape());
  for (std::int64_t i = 0; i < tensor.elements(); ++i) array.append(element(tensor, i));
  return array;
}

runtime::Tensor to_tensor(const te::Array& array) {
  runtime::Tensor tensor(array.type, array.shape);
  for (std::size_t i = 0; i < array.size(); ++i) set_element(tensor, static_cast<std::int64_t>(i), array.at(i));
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
