#include "driver/caches.h"

#include <hwloc.h>

#include <memory>
#include <type_traits>

namespace tilewright::driver {

Caches find_caches() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return {};
  const std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, decltype(&hwloc_topology_destroy)> owner(
      topology, hwloc_topology_destroy);
  if (hwloc_topology_load(topology) != 0) return {};

  const auto size_of = [&](hwloc_obj_type_t type) -> std::int64_t {
    const hwloc_obj_t cache = hwloc_get_obj_by_type(topology, type, 0);
    return cache == nullptr ? 0 : static_cast<std::int64_t>(cache->attr->cache.size);
  };
  return {size_of(HWLOC_OBJ_L1CACHE), size_of(HWLOC_OBJ_L2CACHE), size_of(HWLOC_OBJ_L3CACHE)};
}

}  // namespace tilewright::driver
