#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "target/target_spec.h"

namespace tilewright::target {

/// What Linux says of an AArch64 processor.
struct Aarch64Registers {
  std::uint64_t hwcap = 0, hwcap2 = 0;  ///< AT_HWCAP and AT_HWCAP2 of the auxiliary vector
  std::uint64_t midr = 0;               ///< MIDR_EL1: implementer and part; 0: not known
};

/// Whether such a processor has a feature. Nothing for a name that is not known.
std::optional<bool> has_feature(const Aarch64Registers& registers, std::string_view feature);

/// Triple, CPU name, features and vector registers; cores and caches are left as they are. Enabled are the features
/// that LLVM 19 detects, others come with the CPU's name; disabled are all that the system does not report. A part that
/// is not known is called "generic".
TargetSpec detect_aarch64(const Aarch64Registers& registers);

}  // namespace tilewright::target
