#include <algorithm>

#include "backend/cpu/assembly/instruction.h"

namespace tilewright::cpu {
namespace {

bool is_memory(std::string_view operand) { return operand.find('(') != std::string_view::npos; }

int register_bytes(std::string_view operand) {
  if (operand.find("%zmm") != std::string_view::npos) return 64;
  if (operand.find("%ymm") != std::string_view::npos) return 32;
  if (operand.find("%xmm") != std::string_view::npos) return 16;
  return 0;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); });
}

struct Width {
  double element = 0;  ///< bytes; 0: no floats
  bool packed = false;
};

/// By the suffix: ps, pd, ss or sd.
Width width_of(std::string_view name) {
  if (name.size() < 3) return {};
  const char precision = name.back(), form = name[name.size() - 2];
  if ((precision != 's' && precision != 'd') || (form != 'p' && form != 's')) return {};
  return {precision == 's' ? 4.0 : 8.0, form == 'p'};
}

double memory_bytes(std::string_view name, std::string_view operand, int vector_bytes) {
  const Width width = width_of(name);
  const bool one_element = operand.find("{1to") != std::string_view::npos ||
                           name.find("broadcast") != std::string_view::npos || (width.element > 0 && !width.packed);
  if (one_element) return width.element > 0 ? width.element : 4;
  return vector_bytes > 0 ? vector_bytes : 8;
}

void read_memory(const InstructionText& text, std::string_view name, Instruction& instruction) {
  if (starts_with_any(name, {"lea", "prefetch", "nop"})) return;
  for (std::size_t i = 0; i < text.operands.size(); ++i) {
    const std::string_view operand = text.operands[i];
    if (!is_memory(operand)) continue;
    const bool written = i + 1 == text.operands.size() && !starts_with_any(name, {"cmp", "test", "vucomi", "ucomi"});
    instruction.store = written;
    instruction.load = !written || !starts_with_any(text.mnemonic, {"mov", "vmov", "vextract", "vpmov"});
    instruction.stack = operand.find("(%rsp") != std::string_view::npos;
    instruction.bytes = memory_bytes(name, operand, instruction.vector_bytes);
  }
}

}  // namespace

Instruction read_x86_64(const InstructionText& text) {
  Instruction instruction;
  if (text.mnemonic.starts_with('j') && text.operands.size() == 1) {
    instruction.branches = text.operands[0];
    return instruction;
  }
  for (std::string_view operand : text.operands)
    instruction.vector_bytes = std::max(instruction.vector_bytes, register_bytes(operand));
  const std::string_view name = text.mnemonic.starts_with('v') ? text.mnemonic.substr(1) : text.mnemonic;
  const Width width = width_of(name);
  instruction.fma = width.element > 0 && starts_with_any(name, {"fmadd", "fmsub", "fnmadd", "fnmsub"});
  const bool other = width.element > 0 && starts_with_any(name, {"add", "sub", "mul", "div", "max", "min", "sqrt"});
  if (instruction.fma || other)
    instruction.flops = (instruction.fma ? 2 : 1) * (width.packed ? instruction.vector_bytes / width.element : 1);
  read_memory(text, name, instruction);
  return instruction;
}

}  // namespace tilewright::cpu
