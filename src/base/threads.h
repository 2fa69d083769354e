#pragma once

#include <string_view>
#include <system_error>

#include "base/error.h"

namespace tilewright {

/// How the message of `too_few_threads` begins, wherever it is met again.
inline constexpr std::string_view kTooFewThreads = "cannot start ";

/// What to throw when the operating system grants only `started` of `wanted` threads, the caller's included, where
/// fewer will not do.
inline Error too_few_threads(int wanted, int started, const std::system_error& reason) {
  return Error(Code::usage, "{}{} threads, only {}: {}; ask for fewer with --threads, or raise the limit (ulimit -u)",
               kTooFewThreads, wanted, started, reason.what());
}

}  // namespace tilewright
