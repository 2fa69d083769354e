#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tilewright::runtime {

/// Machine code mapped into this process from a relocatable ELF object (x86-64 or AArch64), without a linker or LLVM:
/// sections are placed, relocations applied, undefined symbols looked up among libc, libm and libmvec (through stubs,
/// so they may be any distance away), and pages made executable but not writable. Unmapped when destroyed.
class LoadedObject {
 public:
  /// Failure: not an ELF relocatable of this machine, truncated, an unknown relocation kind, an unresolved symbol; the
  /// message names it. Errors: OutOfMemory.
  static Result<std::shared_ptr<const LoadedObject>> load(std::string_view object);
  ~LoadedObject();
  /// Address of a defined global symbol, or null.
  void* symbol(std::string_view name) const;
  /// What lies from a defined global symbol to the end of its section; nothing if there is none.
  std::string_view bytes_from(std::string_view name) const;
  template <class Function>
  Function function(std::string_view name) const {
    return reinterpret_cast<Function>(symbol(name));
  }

 private:
  LoadedObject() = default;
  struct Image;
  std::unique_ptr<Image> image_;
};

}  // namespace tilewright::runtime
