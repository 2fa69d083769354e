#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "measure/protocol/messages.h"
#include "te/dag.h"

namespace tilewright::measure {

/// What a worker is told of a task.
TaskMessage task_message(const te::Dag& dag, std::uint64_t seed, const std::vector<int>& flushed_arguments = {});

/// The outputs of the task by the interpreter, from the inputs that a worker makes of the same seed. None if that would
/// take long: more than about two million operations or elements.
std::optional<ReferenceMessage> interpreted_reference(const te::Dag& dag, std::uint64_t seed, double tolerance);

}  // namespace tilewright::measure
