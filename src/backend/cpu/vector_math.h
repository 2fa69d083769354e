#pragma once

#include "target/target_spec.h"

namespace tilewright::cpu {

/// The letter by which glibc's libmvec names its functions on a full vector register of the target ("e" in
/// _ZGVeN16v_expf); 0: there is no libmvec for it, as on AArch64 before glibc 2.38.
char vector_math_letter(const target::TargetSpec& target);

}  // namespace tilewright::cpu
