#include "runtime/cpu/relocation.h"

#include <cstring>

namespace tilewright::runtime {
namespace {

bool fits(std::int64_t value, int bits) {
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return value >= -limit && value < limit;
}

template <class T>
void store(unsigned char* place, T value) {
  std::memcpy(place, &value, sizeof value);
}

/// Sets the bits of an instruction that `mask` names.
void store_field(unsigned char* place, std::uint32_t mask, std::uint32_t bits) {
  std::uint32_t instruction;
  std::memcpy(&instruction, place, sizeof instruction);
  store(place, (instruction & ~mask) | (bits & mask));
}

bool store_call26(std::int64_t distance, unsigned char* place) {
  if (distance % 4 != 0 || !fits(distance, 28)) return false;
  store_field(place, 0x03ffffff, static_cast<std::uint32_t>(distance >> 2));
  return true;
}

bool store_page21(std::int64_t pages, unsigned char* place) {
  if (!fits(pages, 21)) return false;
  const auto bits = static_cast<std::uint32_t>(pages);
  store_field(place, 0x60ffffe0, (bits & 3) << 29 | (bits >> 2 & 0x7ffff) << 5);
  return true;
}

bool store_low12(std::uint64_t value, int shift, unsigned char* place) {
  const auto low = static_cast<std::uint32_t>(value & 0xfff);
  if (low % (1U << shift) != 0) return false;
  store_field(place, 0x003ffc00, low >> shift << 10);
  return true;
}

}  // namespace

bool write_relocation(const RelocationKind& kind, std::uint64_t value, unsigned char* place) {
  constexpr int kPageBits = 12;
  const auto at = reinterpret_cast<std::uint64_t>(place);
  const auto distance = static_cast<std::int64_t>(value - at);
  switch (kind.form) {
    case RelocationForm::absolute64:
      store(place, value);
      return true;
    case RelocationForm::relative64:
      store(place, distance);
      return true;
    case RelocationForm::relative32:
    case RelocationForm::call32:
    case RelocationForm::indirect32:
      if (!fits(distance, 32)) return false;
      store(place, static_cast<std::int32_t>(distance));
      return true;
    case RelocationForm::call26:
      return store_call26(distance, place);
    case RelocationForm::page21:
    case RelocationForm::indirect_page21:
      return store_page21(static_cast<std::int64_t>((value >> kPageBits) - (at >> kPageBits)), place);
    case RelocationForm::low12:
    case RelocationForm::indirect_low12:
      return store_low12(value, kind.shift, place);
    case RelocationForm::nothing:
    case RelocationForm::refused:
      return true;
  }
  return true;
}

}  // namespace tilewright::runtime
