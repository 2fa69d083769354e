#include <elf.h>

#include "runtime/cpu/relocation.h"

namespace tilewright::runtime {
namespace {

using Form = RelocationForm;

// ELF for the Arm 64-bit Architecture, section 5.7: what the small code model uses.
constexpr RelocationKind kArmRelocations[] = {
    {R_AARCH64_NONE, "R_AARCH64_NONE", Form::nothing},
    {R_AARCH64_ABS64, "R_AARCH64_ABS64", Form::absolute64},
    {R_AARCH64_PREL64, "R_AARCH64_PREL64", Form::relative64},
    {R_AARCH64_PREL32, "R_AARCH64_PREL32", Form::relative32},
    {R_AARCH64_CALL26, "R_AARCH64_CALL26", Form::call26},
    {R_AARCH64_JUMP26, "R_AARCH64_JUMP26", Form::call26},
    {R_AARCH64_ADR_PREL_PG_HI21, "R_AARCH64_ADR_PREL_PG_HI21", Form::page21},
    {R_AARCH64_ADD_ABS_LO12_NC, "R_AARCH64_ADD_ABS_LO12_NC", Form::low12, 0},
    {R_AARCH64_LDST8_ABS_LO12_NC, "R_AARCH64_LDST8_ABS_LO12_NC", Form::low12, 0},
    {R_AARCH64_LDST16_ABS_LO12_NC, "R_AARCH64_LDST16_ABS_LO12_NC", Form::low12, 1},
    {R_AARCH64_LDST32_ABS_LO12_NC, "R_AARCH64_LDST32_ABS_LO12_NC", Form::low12, 2},
    {R_AARCH64_LDST64_ABS_LO12_NC, "R_AARCH64_LDST64_ABS_LO12_NC", Form::low12, 3},
    {R_AARCH64_LDST128_ABS_LO12_NC, "R_AARCH64_LDST128_ABS_LO12_NC", Form::low12, 4},
    {R_AARCH64_ADR_GOT_PAGE, "R_AARCH64_ADR_GOT_PAGE", Form::indirect_page21},
    {R_AARCH64_LD64_GOT_LO12_NC, "R_AARCH64_LD64_GOT_LO12_NC", Form::indirect_low12, 3},
    {R_AARCH64_ABS32, "R_AARCH64_ABS32", Form::refused},
};

/// Branches have relocations of their own here.
bool is_arm_branch(const unsigned char*, std::size_t) { return false; }

constexpr char kArmFarJump[] = "\x50\x00\x00\x58\x00\x02\x1f\xd6";  // ldr x16, .+8; br x16
constexpr ElfMachine kArmMachine = {EM_AARCH64, "aarch64", kArmRelocations, {kArmFarJump, 8}, 8, is_arm_branch};

}  // namespace

const ElfMachine* aarch64() { return &kArmMachine; }

}  // namespace tilewright::runtime
