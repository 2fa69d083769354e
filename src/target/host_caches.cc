#include "target/host_caches.h"

#include <fmt/format.h>

#include <fstream>
#include <string>

namespace tilewright::target {
namespace {

std::int64_t cache_bytes(int level) {
  for (int index = 0;; ++index) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", index);
    int found = 0;
    std::string type;
    std::int64_t kib = 0;
    if (!(std::ifstream(folder + "level") >> found)) return 0;
    if (found != level || !(std::ifstream(folder + "type") >> type) || type == "Instruction") continue;
    if (std::ifstream(folder + "size") >> kib && kib > 0) return kib << 10;  // "32768K"
  }
}

}  // namespace

HostCaches find_host_caches() { return {cache_bytes(1), cache_bytes(2), cache_bytes(3)}; }

}  // namespace tilewright::target
