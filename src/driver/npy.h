#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "runtime/tensor.h"

namespace tilewright::driver {

/// An array in NumPy's .npy format (versions 1 to 3; little endian, row-major; f32, f64, i32, i64, i8, u8, bool).
/// Source: numpy/lib/format.py. Failure: what is wrong with it: "not an .npy array", "is column-major …".
Result<runtime::Tensor> parse_npy(std::string_view bytes);

/// The inverse, in version 1.
std::string to_npy(const runtime::Tensor& tensor);

}  // namespace tilewright::driver
