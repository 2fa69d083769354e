#pragma once

#include <cstdint>
#include <string_view>

namespace tilewright::task {

/// Numbers as in TVM's records (`error_no`).
enum class ErrorKind : std::uint8_t {
  none = 0,
  instantiation = 1,  ///< the state could not be lowered
  compile_host = 2,   ///< … compiled or loaded
  compile_device = 3,
  runtime = 4,  ///< crashed, or returned a failure
  wrong_answer = 5,
  build_timeout = 6,
  run_timeout = 7,
  unknown = 8,
};
inline constexpr int kErrorKinds = 9;

/// "none", "wrong answer", "run timeout", …
std::string_view to_text(ErrorKind kind);

}  // namespace tilewright::task
