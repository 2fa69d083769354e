#include "measure/protocol/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tilewright::measure {
namespace {

using Problem = std::optional<std::string>;

/// Bytes of a dense array; none for an extent below 0, or if those that are not 0 make more than a machine can count.
std::optional<std::int64_t> array_bytes(DType type, const std::vector<std::int64_t>& shape) {
  std::int64_t bytes = bytes_of(type);
  for (const std::int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(bytes, std::max<std::int64_t>(extent, 1), &bytes)) return std::nullopt;
  return std::ranges::find(shape, 0) == shape.end() ? bytes : 0;
}

bool is_layout_of(const BlockedLayout& layout, const Argument& argument) {
  const auto can_be = [](std::int64_t extent) { return extent <= std::numeric_limits<int>::max(); };
  return layout.shape == argument.shape && layout.is_valid() && std::ranges::all_of(layout.block, can_be) &&
         array_bytes(argument.type, layout.blocked_shape()).has_value();
}

Problem problem_with(const PackedArgument& packed, const TaskMessage& task) {
  const auto position = static_cast<std::size_t>(packed.argument);  // far too large if it is negative
  if (position >= task.arguments.size())
    return fmt::format("argument {} of {} in blocks", packed.argument, task.arguments.size());
  const Argument& argument = task.arguments[position];
  if (argument.is_output) return fmt::format("output {} in blocks", argument.name);
  if (!is_layout_of(packed.layout, argument)) return fmt::format("blocks that argument {} has not", argument.name);
  return std::nullopt;
}

}  // namespace

Problem problem_with(const TaskMessage& message) {
  for (const Argument& argument : message.arguments)
    if (!array_bytes(argument.type, argument.shape))
      return fmt::format("argument {} of shape [{}]", argument.name, fmt::join(argument.shape, ", "));
  if (message.workspace_bytes < 0) return fmt::format("a workspace of {} bytes", message.workspace_bytes);
  return std::nullopt;
}

Problem problem_with(const ReferenceMessage& message, const TaskMessage& task) {
  std::size_t next = 0;
  for (const Argument& argument : task.arguments) {
    if (!argument.is_output) continue;
    if (next == message.outputs.size()) return fmt::format("a reference without output {}", argument.name);
    const std::size_t found = message.outputs[next++].size();
    const auto expected = array_bytes(argument.type, argument.shape);
    if (!expected || found != static_cast<std::size_t>(*expected))
      return fmt::format("{} bytes of reference for output {}, expected {}", found, argument.name,
                         expected.value_or(0));
  }
  if (next != message.outputs.size())
    return fmt::format("a reference of {} outputs, expected {}", message.outputs.size(), next);
  if (!(message.tolerance >= 0)) return fmt::format("a tolerance of {}", message.tolerance);
  return std::nullopt;
}

Problem problem_with(const RunMessage& message, const TaskMessage& task) {
  constexpr int kMostThreads = 1 << 16;
  const RunSettings& settings = message.settings;
  if (settings.threads < 1 || settings.threads > kMostThreads) return fmt::format("{} threads", settings.threads);
  if (!(settings.timeout_s > 0) || !std::isfinite(settings.timeout_s))
    return fmt::format("a time limit of {} s", settings.timeout_s);
  for (const PackedArgument& packed : message.packed)
    if (auto problem = problem_with(packed, task)) return problem;
  return std::nullopt;
}

Problem problem_with(const RemeasureMessage& message, const TaskMessage& task) {
  for (const RunMessage& candidate : message.candidates)
    if (auto problem = problem_with(candidate, task)) return problem;
  return std::nullopt;
}

}  // namespace tilewright::measure
