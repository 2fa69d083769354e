#pragma once

#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace tilewright {

/// Exit code of a verb that memory did not suffice for.
inline constexpr int kOutOfMemoryCode = 6;

/// There is no memory for something large whose size is known: what, how many bytes, what to do. Caught, like any other
/// lack of memory, as std::bad_alloc.
class OutOfMemory : public std::bad_alloc {
 public:
  template <class... Args>
  explicit OutOfMemory(fmt::format_string<Args...> format, Args&&... args)
      : message_(fmt::format(format, std::forward<Args>(args)...)) {}
  const char* what() const noexcept override { return message_.what(); }

 private:
  std::runtime_error message_;  ///< whose copies can't fail
};

}  // namespace tilewright
