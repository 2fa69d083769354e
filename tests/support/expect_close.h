#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "te/error_bound.h"

namespace tilewright::support {

inline std::string text(const Number& number) {
  return std::visit([](auto value) { return fmt::to_string(value); }, number);
}

/// The first element of `actual` that is outside of what rounding explains, as text.
inline std::optional<std::string> difference(const std::vector<te::Array>& actual,
                                             const std::vector<te::BoundedArray>& expected) {
  for (std::size_t o = 0; o < expected.size(); ++o) {
    const std::int64_t i = expected[o].first_mismatch(actual[o]);
    if (i < 0) continue;
    const auto at = static_cast<std::size_t>(i);
    return fmt::format("output {} element {}: {} instead of {}, bound {}", o, i, text(actual[o].at(at)),
                       text(expected[o].array.at(at)), expected[o].bound[at]);
  }
  return std::nullopt;
}

}  // namespace tilewright::support
