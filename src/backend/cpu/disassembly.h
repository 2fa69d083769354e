#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/target_spec.h"

namespace tilewright::cpu {

/// One instruction of an object, and what it does by LLVM's description of it.
struct Instruction {
  std::uint64_t address = 0;              ///< in the section of code
  std::string text;                       ///< AT&T's syntax on x86-64; the symbol that it refers to as a comment
  std::optional<std::uint64_t> branches;  ///< the address that it may jump to
  bool fma = false;                       ///< fused multiply-add of floats
  double flops = 0;                       ///< on floats, all lanes; a multiply-add counts 2
  int vector_bytes = 0;                   ///< of the widest vector or floating-point register that it names
  bool load = false, store = false;       ///< of data that an operand addresses; prefetches are neither
  double bytes = 0;                       ///< moved from or to memory
  bool stack = false;                     ///< the memory is addressed by the stack pointer
};

/// The section of code of an object that Compiler::compile made for the same target, without the padding of loops.
std::vector<Instruction> disassemble(std::string_view object, const target::TargetSpec& target);

}  // namespace tilewright::cpu
