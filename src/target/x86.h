#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "target/target_spec.h"

namespace tilewright::target {

/// One answer of the instruction CPUID.
struct CpuidLeaf {
  std::uint32_t leaf, subleaf;
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

/// The leaves of CPUID that are asked for.
inline constexpr CpuidLeaf kX86Leaves[] = {{0, 0},    {1, 0},    {7, 0},    {7, 1},          {0xd, 1},
                                           {0x14, 0}, {0x19, 0}, {0x24, 0}, {0x80000001, 0}, {0x80000008, 0}};

/// What an x86-64 processor says of itself, and what its operating system saves.
struct X86Registers {
  std::vector<CpuidLeaf> leaves;  ///< what is not among them is zero
  std::uint64_t xcr0 = 0;         ///< register states that are saved; counts where CPUID says that it can be read
};

/// Whether such a processor has a feature and its system saves the registers the feature needs. Nothing for a name that
/// is not known.
std::optional<bool> has_feature(const X86Registers& registers, std::string_view feature);

/// Triple, CPU name, features and vector registers, as LLVM 19 detects them; cores and caches are left as they are. A
/// processor whose model is not known is called x86-64-v4, x86-64-v3, x86-64-v2 or x86-64, by its features.
TargetSpec detect_x86(const X86Registers& registers);

}  // namespace tilewright::target
