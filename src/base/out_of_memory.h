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

/// While one lives, the thread runs a library that is built without exceptions: std::bad_alloc can't be thrown through
/// it. A program whose new handler asks `on_this_thread` ends there instead, in order.
class NoUnwinding {
 public:
  NoUnwinding() { ++depth_; }
  ~NoUnwinding() { --depth_; }
  NoUnwinding(const NoUnwinding&) = delete;
  NoUnwinding& operator=(const NoUnwinding&) = delete;
  static bool on_this_thread() { return depth_ > 0; }

 private:
  inline static thread_local int depth_ = 0;
};

}  // namespace tilewright
