#pragma once

#include <cstdint>
#include <variant>

namespace tilewright {

/// A value of any element type, exactly: of an integer type or bool as int64_t, of a float type as double.
using Number = std::variant<std::int64_t, double>;

/// The nearest double.
inline double to_double(const Number& number) {
  return std::visit([](auto value) { return static_cast<double>(value); }, number);
}

}  // namespace tilewright
