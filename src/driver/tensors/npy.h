#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "runtime/tensor.h"

namespace tilewright::driver {

/// What an array in NumPy's .npy format says about itself before its data.
struct NpyHeader {
  DType type = DType::f32;
  std::vector<std::int64_t> shape;
  std::int64_t begin = 0, bytes = 0;  ///< of the data
};
/// So many bytes from the start on are enough for parse_npy_header.
inline constexpr std::size_t kMostNpyHeaderBytes = 1 << 16;
/// Versions 1 to 3; little endian, row-major; f32, f64, i32, i64, i8, u8, bool. Source: numpy/lib/format.py.
/// Failure: what is wrong with it: "not an .npy array", "is column-major …".
Result<NpyHeader> parse_npy_header(std::string_view bytes);

/// An array in .npy format, version 1.
std::string to_npy(const runtime::Tensor& tensor);

}  // namespace tilewright::driver
