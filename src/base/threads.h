#pragma once

#include <system_error>

#include "base/error.h"

namespace tilewright {

/// What to throw when the operating system grants only `started` of `wanted` threads, the caller's included, where
/// fewer will not do.
inline Error too_few_threads(int wanted, int started, const std::system_error& reason) {
  return Error(Code::usage,
               "cannot start {} threads, only {}: {}; ask for fewer with --threads, or raise the limit (ulimit -u)",
               wanted, started, reason.what());
}

}  // namespace tilewright
