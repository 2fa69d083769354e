#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tilewright::cpu {

/// What one instruction does, as far as its text tells.
struct Instruction {
  bool fma = false;      ///< fused multiply-add of floats
  double flops = 0;      ///< on floats, all lanes; a multiply-add counts 2
  int vector_bytes = 0;  ///< of the widest vector register that it names
  bool load = false, store = false;
  double bytes = 0;           ///< moved from or to memory
  bool stack = false;         ///< the memory is the stack frame's
  std::string_view branches;  ///< label that it may jump to; empty: none
};

/// Mnemonic and operands of a line of assembly.
struct InstructionText {
  std::string_view mnemonic;
  std::vector<std::string_view> operands;  ///< those in brackets or braces are one
};
/// Nothing for labels, directives and comments. `comment`: what starts one, "#" or "//".
std::optional<InstructionText> split_instruction(std::string_view line, std::string_view comment);

/// Reads AT&T syntax of x86-64.
Instruction read_x86_64(const InstructionText& text);
/// Reads the syntax of AArch64.
Instruction read_aarch64(const InstructionText& text);

}  // namespace tilewright::cpu
