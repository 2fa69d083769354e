#pragma once

#include <cstdint>

namespace tilewright::driver {

/// Sizes of the data caches that a core reaches; a cache shared with other cores counts in full. 0: there is none, or
/// the operating system does not tell.
struct Caches {
  std::int64_t l1d_bytes = 0, l2_bytes = 0, l3_bytes = 0;
};
Caches find_caches();

}  // namespace tilewright::driver
