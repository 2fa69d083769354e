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
  // Fields of AArch64 instructions. page(X): X without its low 12 bits.
  call26,           ///< (S + A - P) / 4, or (T + A - P) / 4 if S is outside the object, bits 0 to 25
  page21,           ///< (page(S + A) - page(P)) / 4096, bits 29 to 30 (low) and 5 to 23
  low12,            ///< the low 12 bits of S + A, divided by 1 << shift, bits 10 to 21
  indirect_page21,  ///< as page21, with the address of T's address field for S
  indirect_low12,   ///< as low12, likewise
  refused,
};

struct RelocationKind {
  std::uint32_t number;  ///< of the machine's ABI
  std::string_view name;
  RelocationForm form;
  int shift = 0;  ///< of low12: log2 of the bytes that the instruction loads or stores
};

/// Through T's address field.
constexpr bool is_indirect(RelocationForm form) {
  return form == RelocationForm::indirect32 || form == RelocationForm::indirect_page21 ||
         form == RelocationForm::indirect_low12;
}

constexpr int bytes_of(RelocationForm form) {
  switch (form) {
    case RelocationForm::absolute64:
    case RelocationForm::relative64:
      return 8;
    case RelocationForm::relative32:
    case RelocationForm::call32:
    case RelocationForm::indirect32:
    case RelocationForm::call26:
    case RelocationForm::page21:
    case RelocationForm::low12:
    case RelocationForm::indirect_page21:
    case RelocationForm::indirect_low12:
      return 4;
    case RelocationForm::nothing:
    case RelocationForm::refused:
      return 0;
  }
  return 0;
}

/// Writes a relocation of `kind` to `place`, where the target's address is `value` (S + A or T + A). False, and nothing
/// is written, if the field can't hold it: it is too far away, or for low12 not aligned.
bool write_relocation(const RelocationKind& kind, std::uint64_t value, unsigned char* place);

/// A machine whose objects can be loaded.
struct ElfMachine {
  std::uint16_t elf_number;
  std::string_view name;
  std::span<const RelocationKind> kinds;
  std::string_view far_jump;  ///< instructions that jump to the address that stands behind them
  std::size_t address_field;  ///< where that address stands in an entry; far_jump.size() <= address_field
  /// Whether the 4 bytes at `at` (`before` bytes of the section precede them) are the distance of a call or jump.
  bool (*is_branch)(const unsigned char* at, std::size_t before);
};

const ElfMachine* x86_64();
const ElfMachine* aarch64();

/// The machine that this code was compiled for, or null if its objects can't be loaded yet.
inline const ElfMachine* this_machine() {
#if defined(__x86_64__)
  return x86_64();
#elif defined(__aarch64__)
  return aarch64();
#else
  return nullptr;
#endif
}

}  // namespace tilewright::runtime
