#include <algorithm>
#include <charconv>

#include "backend/cpu/assembly/instruction.h"

namespace tilewright::cpu {
namespace {

bool is_branch(std::string_view name) {
  return name == "b" || name.starts_with("b.") || name == "cbz" || name == "cbnz" || name == "tbz" || name == "tbnz";
}

/// "v0.4s": 4 lanes of 4 bytes; "s0": 1 of 4.
struct Shape {
  int lanes = 0, element = 0;
  int bytes() const { return lanes * element; }
};

int bytes_of_letter(char letter) {
  switch (letter) {
    case 'b':
      return 1;
    case 'h':
      return 2;
    case 's':
    case 'w':
      return 4;
    case 'd':
    case 'x':
      return 8;
    case 'q':
      return 16;
    default:
      return 0;
  }
}

Shape shape_of(std::string_view operand) {
  if (operand.starts_with('{')) operand.remove_prefix(1);
  while (operand.starts_with(' ')) operand.remove_prefix(1);
  if (operand.empty()) return {};
  if (operand.front() != 'v') return {1, bytes_of_letter(operand.front())};
  const std::size_t dot = operand.find('.');
  if (dot == std::string_view::npos) return {};
  operand.remove_prefix(dot + 1);
  int lanes = 1;
  const auto [end, error] = std::from_chars(operand.data(), operand.data() + operand.size(), lanes);
  if (error != std::errc{}) lanes = 1;  // "v0.s[1]"
  return {lanes, end == operand.data() + operand.size() ? 0 : bytes_of_letter(*end)};
}

bool is_arithmetic(std::string_view name) {
  for (std::string_view known : {"fadd", "fsub", "fmul", "fdiv", "fmax", "fmin", "fmaxnm", "fminnm", "fsqrt"})
    if (name == known) return true;
  return false;
}

/// How many registers a load or store names.
int registers_of(std::string_view name, std::string_view list) {
  if (name.starts_with("ldp") || name.starts_with("stp")) return 2;
  return 1 + static_cast<int>(std::count(list.begin(), list.end(), ','));
}

}  // namespace

Instruction read_aarch64(const InstructionText& text) {
  Instruction instruction;
  const std::string_view name = text.mnemonic;
  if (text.operands.empty()) return instruction;
  if (is_branch(name)) {
    instruction.branches = text.operands.back();
    return instruction;
  }
  const Shape shape = shape_of(text.operands[0]);
  const char first = text.operands[0].front();
  if (first == 'v' || first == 'q' || first == '{') instruction.vector_bytes = std::min(16, shape.bytes());
  instruction.fma = name == "fmla" || name == "fmls" || name.starts_with("fmadd") || name.starts_with("fmsub") ||
                    name.starts_with("fnmadd") || name.starts_with("fnmsub");
  if (instruction.fma || is_arithmetic(name)) instruction.flops = (instruction.fma ? 2 : 1) * shape.lanes;
  instruction.load = name.starts_with("ld");
  instruction.store = name.starts_with("st");
  if (!instruction.load && !instruction.store) return instruction;
  const bool one_element = name == "ld1r" || text.operands[0].find("}[") != std::string_view::npos;
  instruction.bytes =
      (one_element ? shape.element : shape.bytes()) * (one_element ? 1 : registers_of(name, text.operands[0]));
  for (std::string_view operand : text.operands) instruction.stack = instruction.stack || operand.starts_with("[sp");
  return instruction;
}

}  // namespace tilewright::cpu
