#include "runtime/cpu/external_symbols.h"

#include <dlfcn.h>

#include <array>

namespace tilewright::runtime {

void* find_external(const char* name) {
  if (void* address = dlsym(RTLD_DEFAULT, name)) return address;
  static const std::array<void*, 2> libraries = {dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL),
                                                 dlopen("libmvec.so.1", RTLD_NOW | RTLD_LOCAL)};
  for (void* library : libraries) {
    if (library == nullptr) continue;  // not on this system: its functions stay unresolved
    if (void* address = dlsym(library, name)) return address;
  }
  return nullptr;
}

}  // namespace tilewright::runtime
