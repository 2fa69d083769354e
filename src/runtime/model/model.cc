#include "runtime/model/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/integer.h"
#include "base/out_of_memory.h"
#include "runtime/cpu/memory.h"
#include "runtime/model/check_plan.h"
#include "runtime/model/execution.h"
#include "target/host.h"

namespace tilewright::runtime {
namespace {

constexpr std::int64_t kConstantAlignment = 64;

/// Copies all constants into one block and lets the plan look at it. A kernel walks weights with strides of some KiB,
/// so with small pages nearly every step misses the TLB; a block as large as all of them gets huge pages.
std::shared_ptr<void> gather_constants(ModelPlan& plan) {
  std::int64_t bytes = 0;
  for (const Tensor& constant : plan.constants) bytes += round_up(constant.bytes(), kConstantAlignment);
  std::shared_ptr<void> block = allocate(bytes);
  if (!block) throw OutOfMemory("the model's weights need {} bytes", bytes);
  char* at = static_cast<char*>(block.get());
  for (Tensor& constant : plan.constants) {
    std::memcpy(at, constant.data(), static_cast<std::size_t>(constant.bytes()));
    constant = Tensor::view(constant.type(), constant.shape(), at);
    at += round_up(constant.bytes(), kConstantAlignment);
  }
  return block;
}

/// What an object says about the buffers of a kernel. Errors: InternalError if nothing.
std::span<const std::int64_t> buffer_bytes(const LoadedObject& object, const std::string& kernel) {
  const std::string_view bytes = object.bytes_from(kernel + TW_BUFFER_BYTES_SUFFIX);
  const std::span table(reinterpret_cast<const std::int64_t*>(bytes.data()), bytes.size() / sizeof(std::int64_t));
  if (table.empty() || reinterpret_cast<std::uintptr_t>(table.data()) % alignof(std::int64_t) != 0 || table[0] < 0 ||
      table[0] >= std::ssize(table))
    throw InternalError(fmt::format("there is no kernel {}", kernel));
  return table.subspan(1, static_cast<std::size_t>(table[0]));
}

}  // namespace

Model::Model(ModelPlan plan) : Model(gather_constants(plan), std::move(plan)) {}

Model::Model(std::shared_ptr<const void> constants, ModelPlan&& plan)
    : constants_(std::move(constants)), plan_(std::make_shared<const ModelPlan>(std::move(plan))) {
  check_plan(*plan_);
  for (const std::string& bytes : plan_->objects) {
    Result<std::shared_ptr<const LoadedObject>> object = LoadedObject::load(bytes);
    if (!object) throw Error(Code::bad_input, "the model's code can't be loaded: {}", object.message());
    objects_.push_back(*object);
  }
  if (const std::vector<std::string> missing = target::missing_features(plan_->required_features); !missing.empty())
    throw Error(Code::bad_input,
                "the model was compiled for {}, but this processor has no {}; compile it for this machine",
                plan_->target, fmt::join(missing, ", "));
  std::vector<std::span<const std::int64_t>> of_calls;
  for (const KernelCall& call : plan_->calls) {
    if (call.object < 0 || call.object >= std::ssize(objects_))
      throw InternalError(fmt::format("a call refers to object {} of {}", call.object, objects_.size()));
    const LoadedObject& object = *objects_[static_cast<std::size_t>(call.object)];
    of_calls.push_back(buffer_bytes(object, call.symbol));
    kernels_.push_back(object.function<tw_kernel>(call.symbol));
    if (kernels_.back() == nullptr) throw InternalError(fmt::format("there is no kernel {}", call.symbol));
  }
  check_calls(*plan_, of_calls);
}

std::map<std::string, Tensor> Model::run(const std::map<std::string, Tensor>& inputs, ThreadPool& pool) const {
  std::vector<std::string> problems;
  Execution execution(*this, pool);
  for (std::size_t i = 0; i < plan_->inputs.size(); ++i) {
    const auto given = inputs.find(plan_->inputs[i].name);
    if (given == inputs.end()) {
      problems.push_back(fmt::format("input {} is missing", plan_->inputs[i].name));
      continue;
    }
    try {
      execution.bind(static_cast<int>(i), given->second);
    } catch (const Error& error) {
      problems.push_back(error.what());
    }
  }
  for (const auto& [name, tensor] : inputs)
    if (std::none_of(plan_->inputs.begin(), plan_->inputs.end(), [&](const Port& port) { return port.name == name; }))
      problems.push_back(fmt::format("the model has no input {}", name));
  if (!problems.empty()) throw Error(Code::bad_input, "{}", fmt::join(problems, "; "));

  execution.run();
  std::map<std::string, Tensor> outputs;
  for (std::size_t i = 0; i < plan_->outputs.size(); ++i)
    outputs[plan_->outputs[i].name] = execution.output(static_cast<int>(i));
  return outputs;
}

}  // namespace tilewright::runtime
