// Fields of instructions, against what an assembler makes of the same distances.
#include "runtime/cpu/relocation.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

namespace tilewright::runtime {
namespace {

/// The relocation of AArch64 by name, applied to `instruction` as if it stood at the start of a page, `distance` bytes
/// before its target. Nothing if it does not fit.
std::optional<std::uint32_t> patched(std::string_view name, std::uint32_t instruction, std::int64_t distance) {
  alignas(4096) unsigned char page[4];
  std::memcpy(page, &instruction, 4);
  for (const RelocationKind& kind : aarch64()->kinds) {
    if (kind.name != name) continue;
    if (!write_relocation(kind, reinterpret_cast<std::uint64_t>(page) + static_cast<std::uint64_t>(distance), page)) {
      std::uint32_t untouched;
      std::memcpy(&untouched, page, 4);
      EXPECT_EQ(untouched, instruction);
      return std::nullopt;
    }
    std::memcpy(&instruction, page, 4);
    return instruction;
  }
  ADD_FAILURE() << "no relocation " << name;
  return std::nullopt;
}

TEST(Relocation, OfAArch64CallsReachForwardsAndBackwards) {
  EXPECT_EQ(patched("R_AARCH64_CALL26", 0x94000000, 0x1000), 0x94000400u);  // bl .+4096
  EXPECT_EQ(patched("R_AARCH64_JUMP26", 0x14000000, -4), 0x17ffffffu);      // b .-4
  EXPECT_EQ(patched("R_AARCH64_CALL26", 0x94000000, 128 << 20), std::nullopt);
  EXPECT_EQ(patched("R_AARCH64_CALL26", 0x94000000, 2), std::nullopt);
}

TEST(Relocation, OfAArch64PagesAreSplitOverTwoFields) {
  EXPECT_EQ(patched("R_AARCH64_ADR_PREL_PG_HI21", 0x90000000, 5 * 4096 + 17), 0xb0000020u);  // adrp x0, 5 pages on
  EXPECT_EQ(patched("R_AARCH64_ADR_PREL_PG_HI21", 0x90000000, -4096), 0xf0ffffe0u);
  EXPECT_EQ(patched("R_AARCH64_ADR_GOT_PAGE", 0x90000003, std::int64_t{5} << 32), std::nullopt);
}

TEST(Relocation, OfAArch64OffsetsInAPageAreScaledByTheirAccess) {
  EXPECT_EQ(patched("R_AARCH64_ADD_ABS_LO12_NC", 0x91000000, 0x123), 0x91048c00u);      // add x0, x0, #0x123
  EXPECT_EQ(patched("R_AARCH64_LDST32_ABS_LO12_NC", 0xbd400000, 0x124), 0xbd412400u);   // ldr s0, [x0, #0x124]
  EXPECT_EQ(patched("R_AARCH64_LDST128_ABS_LO12_NC", 0x3dc00000, 0x120), 0x3dc04800u);  // ldr q0, [x0, #0x120]
  EXPECT_EQ(patched("R_AARCH64_LDST128_ABS_LO12_NC", 0x3dc00000, 0x124), std::nullopt);
}

}  // namespace
}  // namespace tilewright::runtime
