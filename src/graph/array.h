#pragma once

#include "runtime/tensor.h"
#include "te/interpreter.h"

namespace tilewright::graph {

/// Element `i` of a tensor of any type.
Number element(const runtime::Tensor& tensor, std::int64_t i);
/// The same as the nearest double.
double real_element(const runtime::Tensor& tensor, std::int64_t i);
/// Stores `value` as element `i`, as the tensor's type holds it (base/element.h).
void set_element(runtime::Tensor& tensor, std::int64_t i, const Number& value);

/// The same values as the reference interpreter holds them, and back.
te::Array to_array(const runtime::Tensor& tensor);
runtime::Tensor to_tensor(const te::Array& array);
/// A one-dimensional tensor of integers as a list. Errors: InternalError if it is of another type.
std::vector<std::int64_t> to_integers(const runtime::Tensor& tensor);

}  // namespace tilewright::graph
