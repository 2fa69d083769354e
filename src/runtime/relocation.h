#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tilewright::runtime {

/// What a relocation writes. S: the symbol's address, A: the addend, P: the patched place, T: the symbol's entry in the
/// table of far addresses (object_loader.cc), whose first bytes are a jump to S and whose address field holds S.
enum class RelocationForm : std::uint8_t {
  nothing,
  absolute64,  ///< S + A, 8 bytes
  relative64,  ///< S + A - P, 8 bytes
  relative32,  ///< S + A - P, 4 bytes; a call or jump that does not reach goes through T
  call32,      ///< S + A - P, or T + A - P if S is outside the object, 4 bytes
  indirect32,  ///< address of T's address field + A - P, 4 bytes
  refused,
};

struct RelocationKind {
  std::uint32_t number;  ///< of the machine's ABI
  std::string_view name;
  RelocationForm form;
};

constexpr int bytes_of(RelocationForm form) {
  switch (form) {
    case RelocationForm::absolute64:
    case RelocationForm::relative64:
      return 8;
    case RelocationForm::relative32:
    case RelocationForm::call32:
    case RelocationForm::indirect32:
      return 4;
    case RelocationForm::nothing:
    case RelocationForm::refused:
      return 0;
  }
  return 0;
}

/// A machine whose objects can be loaded.
struct Machine {
  std::uint16_t elf_number;
  std::string_view name;
  std::span<const RelocationKind> kinds;
  std::string_view far_jump;  ///< instructions that jump to the address that stands behind them
  std::size_t address_field;  ///< where that address stands in an entry; far_jump.size() <= address_field
  /// Whether the 4 bytes at `at` (`before` bytes of the section precede them) are the distance of a call or jump.
  bool (*is_branch)(const unsigned char* at, std::size_t before);
};

/// The machine that this code was compiled for, or null if its objects can't be loaded yet.
const Machine* this_machine();

}  // namespace tilewright::runtime
