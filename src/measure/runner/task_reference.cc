#include "measure/runner/task_reference.h"

#include "base/element.h"
#include "base/fill_input.h"
#include "base/integer.h"
#include "te/flops.h"
#include "te/interpreter.h"

namespace tilewright::measure {
namespace {

constexpr double kMostSteps = 2e6;  ///< the interpreter takes some tens of nanoseconds for each

/// Arithmetic plus elements stored; exp and the like count no operation, moving data none either.
double steps(const te::Dag& dag) {
  double count = te::flop_count(dag);
  for (const te::Tensor& op : dag.ops()) count += op->is_placeholder() ? 0 : static_cast<double>(op->elements());
  return count;
}

std::string buffer_for(const te::Operation& op) {
  return std::string(static_cast<std::size_t>(op.elements() * bytes_of(op.type)), '\0');
}

te::Array input_array(const te::Operation& op, std::uint64_t seed, int argument) {
  std::string bytes = buffer_for(op);
  fill_input(op.type, bytes.data(), op.elements(), seed, argument);
  te::Array array(op.type, op.shape);
  for (std::int64_t i = 0; i < op.elements(); ++i) array.append(load_element(op.type, bytes.data(), i));
  return array;
}

}  // namespace

TaskMessage task_message(const te::Dag& dag, std::uint64_t seed, const std::vector<int>& flushed_arguments) {
  TaskMessage message;
  message.seed = seed;
  for (const te::Tensor& tensor : dag.arguments()) {
    message.arguments.push_back({tensor->name, tensor->type, tensor->shape, !tensor->is_placeholder()});
  }
  for (const int argument : flushed_arguments) message.arguments.at(static_cast<std::size_t>(argument)).is_cold = true;
  return message;
}

std::optional<ReferenceMessage> interpreted_reference(const te::Dag& dag, std::uint64_t seed, double tolerance) {
  if (steps(dag) > kMostSteps) return std::nullopt;
  std::vector<te::Array> inputs;
  for (std::size_t i = 0; i < dag.arguments().size(); ++i) {
    const te::Operation& op = *dag.arguments()[i];
    if (op.is_placeholder()) inputs.push_back(input_array(op, seed, static_cast<int>(i)));
  }
  const std::vector<te::Tensor> outputs = dag.outputs();
  const std::vector<te::Array> values = te::interpret(dag, inputs);
  ReferenceMessage reference{{}, tolerance};
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    std::string& bytes = reference.outputs.emplace_back(buffer_for(*outputs[k]));
    for (std::size_t i = 0; i < values[k].size(); ++i) {
      store_element(outputs[k]->type, bytes.data(), static_cast<std::int64_t>(i), values[k].at(i));
    }
  }
  return reference;
}

}  // namespace tilewright::measure
