#pragma once

#include <utility>

#include "base/error.h"

namespace tilewright::ops {

/// Throws Error(Code::bad_input) with the message unless `condition` holds. Messages start with the operator and give
/// what was expected and what was found.
template <class... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw Error(Code::bad_input, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tilewright::ops
