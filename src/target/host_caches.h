#pragma once

#include <cstdint>

namespace tilewright::target {

/// Sizes of the data caches that the first processor of this machine reaches, as the kernel tells them (/sys); a cache
/// shared with other cores counts in full. 0: there is none, or the kernel does not say. What the C library works out
/// for AMD's last level counts the caches of all processors together: 384 MiB where 32 are shared.
struct HostCaches {
  std::int64_t l1d_bytes = 0, l2_bytes = 0, l3_bytes = 0;
};
HostCaches find_host_caches();

}  // namespace tilewright::target
