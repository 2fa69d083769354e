#pragma once

#include "backend/api/backend.h"

namespace tilewright::cpu {

/// The backend for x86-64 and AArch64, by LLVM.
const backend::Backend& cpu_backend();

/// `spec` with this backend.
backend::TargetRef make_target(const target::TargetSpec& spec);

}  // namespace tilewright::cpu
