#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace tilewright {

/// What went wrong, as the exit code that the command line ends with.
enum class Code {
  check_failed = 1,      ///< outputs do not match
  usage = 2,             ///< bad flag or argument
  bad_input = 3,         ///< bad or unsupported input file
  nothing_measured = 4,  ///< no valid measurement
  cannot_write = 5,      ///< output not writable, or out of space
  internal = 70,         ///< our own bug
  interrupted = 130,     ///< stopped by the user, state saved
};

/// An error that a user can cause: what, where, expected and found, what to do. Ends the verb.
class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& message) : std::runtime_error(message), code_(code) {}
  template <class... Args>
  Error(Code code, fmt::format_string<Args...> format, Args&&... args)
    requires(sizeof...(Args) > 0)
      : Error(code, fmt::format(format, std::forward<Args>(args)...)) {}
  Code code() const { return code_; }

 private:
  Code code_;
};

/// A broken invariant: only our own bug can cause it.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_check(const char* file, int line, const char* condition, const std::string& message);

/// Why a step, a candidate or a lookup did not work out: met by the million in a search, so a value.
struct Failure {
  std::string message;
};

/// A value, or why there is none.
template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)), ok_(true) {}
  Result(Failure failure) : failure_(std::move(failure)) {}
  explicit operator bool() const { return ok_; }
  T& operator*() { return value_; }
  const T& operator*() const { return value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }
  const std::string& message() const { return failure_.message; }
  const Failure& failure() const { return failure_; }

 private:
  T value_{};
  Failure failure_;
  bool ok_ = false;
};

/// Success, or why not.
class Status {
 public:
  Status() = default;
  Status(Failure failure) : failure_(std::move(failure)), ok_(false) {}
  explicit operator bool() const { return ok_; }
  const std::string& message() const { return failure_.message; }
  const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
  bool ok_ = true;
};

template <class... Args>
Failure failure(fmt::format_string<Args...> format, Args&&... args) {
  return Failure{fmt::format(format, std::forward<Args>(args)...)};
}

}  // namespace tilewright

/// Always on. TW_CHECK(condition) or TW_CHECK(condition, "format {}", value): throws InternalError.
#define TW_CHECK(condition, ...)                                                                                     \
  do {                                                                                                               \
    if (!(condition)) [[unlikely]]                                                                                   \
      ::tilewright::fail_check(__FILE__, __LINE__, #condition, std::string{__VA_OPT__(::fmt::format(__VA_ARGS__))}); \
  } while (false)
