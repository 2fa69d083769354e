#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tilewright {

/// Element types. f32 is the fast path; the others parse, print, and are carried everywhere.
enum class DType : std::uint8_t { boolean, i8, u8, i32, i64, bf16, f32, f64 };

constexpr int bytes_of(DType type) {
  switch (type) {
    case DType::boolean:
    case DType::i8:
    case DType::u8:
      return 1;
    case DType::bf16:
      return 2;
    case DType::i32:
    case DType::f32:
      return 4;
    case DType::i64:
    case DType::f64:
      return 8;
  }
  return 0;
}
constexpr bool is_float(DType type) { return type == DType::bf16 || type == DType::f32 || type == DType::f64; }

/// "f32", "i64", "bool", …
std::string_view to_text(DType type);
/// The inverse of to_text; also accepts NumPy's names ("float32", "int64", …).
std::optional<DType> parse_dtype(std::string_view text);

}  // namespace tilewright
