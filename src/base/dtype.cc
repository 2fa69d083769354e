#include "base/dtype.h"

#include <array>

namespace tilewright {
namespace {

struct Name {
  DType type;
  std::string_view text, numpy;
};
constexpr std::array<Name, 8> kNames{{{DType::boolean, "bool", "bool"},
                                      {DType::i8, "i8", "int8"},
                                      {DType::u8, "u8", "uint8"},
                                      {DType::i32, "i32", "int32"},
                                      {DType::i64, "i64", "int64"},
                                      {DType::bf16, "bf16", "bfloat16"},
                                      {DType::f32, "f32", "float32"},
                                      {DType::f64, "f64", "float64"}}};

}  // namespace

std::string_view to_text(DType type) {
  for (const Name& name : kNames)
    if (name.type == type) return name.text;
  return "?";
}

std::optional<DType> parse_dtype(std::string_view text) {
  for (const Name& name : kNames)
    if (name.text == text || name.numpy == text) return name.type;
  return std::nullopt;
}

}  // namespace tilewright
