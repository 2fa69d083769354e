#include "backend/cpu/assembly/instruction.h"

namespace tilewright::cpu {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::optional<InstructionText> split_instruction(std::string_view line, std::string_view comment) {
  line = trim(line.substr(0, line.find(comment)));
  if (line.empty() || line.front() == '.' || line.back() == ':') return std::nullopt;
  InstructionText text;
  const std::size_t end = line.find_first_of(" \t");
  text.mnemonic = line.substr(0, end);
  if (end == std::string_view::npos) return text;
  std::string_view rest = line.substr(end);
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= rest.size(); ++i) {
    const char c = i < rest.size() ? rest[i] : ',';
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c != ',' || (depth > 0 && i < rest.size())) continue;
    text.operands.push_back(trim(rest.substr(begin, i - begin)));
    begin = i + 1;
  }
  return text;
}

}  // namespace tilewright::cpu
