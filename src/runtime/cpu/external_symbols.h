#pragma once

namespace tilewright::runtime {

/// Address of a function that a kernel may call: looked up in this process, then in libm and libmvec (opened on first
/// use and kept). Null if nobody defines it. Thread-safe.
void* find_external(const char* name);

}  // namespace tilewright::runtime
