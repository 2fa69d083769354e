#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tilewright::runtime {

/// A section that belongs into memory. Others (.eh_frame, notes, debug information) are left out.
struct ElfSection {
  std::string_view name;
  int number = 0;          ///< in the file
  std::string_view bytes;  ///< empty for zero-initialised sections
  std::uint64_t size = 0;
  std::uint64_t alignment = 1;  ///< a power of two, at most 4096
  bool writable = false, executable = false;
};

struct ElfSymbol {
  std::string_view name;  ///< may be empty (section symbols)
  enum class Place : std::uint8_t { undefined, absolute, section, elsewhere } place = Place::undefined;
  int section = -1;         ///< position in ElfObject::sections, for Place::section
  std::uint64_t value = 0;  ///< offset in the section, or the absolute value
  bool global = false;
};

struct ElfRelocation {
  int section = 0;           ///< position in ElfObject::sections of what is patched
  std::uint64_t offset = 0;  ///< in that section; at least 1 byte before its end
  std::uint32_t kind = 0;    ///< number of the machine's ABI
  std::uint32_t symbol = 0;  ///< position in ElfObject::symbols
  std::int64_t addend = 0;
};

/// A relocatable ELF64 object, checked: every offset, index and name lies within the file. Views into the file's bytes.
struct ElfObject {
  std::uint16_t machine = 0;
  std::vector<ElfSection> sections;
  std::vector<ElfSymbol> symbols;
  std::vector<ElfRelocation> relocations;
};

/// Failure for anything that is not such an object, naming what is wrong.
Result<ElfObject> parse_elf(std::string_view file);

}  // namespace tilewright::runtime
