#include "runtime/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/integer.h"
#include "runtime/execution.h"
#include "runtime/memory.h"
#include "runtime/processor.h"

namespace tilewright::runtime {
namespace {

constexpr std::int64_t kAlignment = 64;

void check_ref(const ModelPlan& plan, const BufferRef& ref) {
  const auto count = [&] {
    switch (ref.place) {
      case BufferRef::Place::arena:
        return plan.arena_bytes + 1;
      case BufferRef::Place::constant:
        return static_cast<std::int64_t>(plan.constants.size());
      case BufferRef::Place::input:
        return static_cast<std::int64_t>(plan.inputs.size());
      case BufferRef::Place::output:
        return static_cast<std::int64_t>(plan.outputs.size());
    }
    return std::int64_t{0};
  }();
  TW_CHECK(ref.position >= 0 && ref.position < count, "a buffer refers to position {} of {}", ref.position, count);
}

/// Copies all constants into one block and lets the plan look at it. A kernel walks weights with strides of some KiB,
/// so with small pages nearly every step misses the TLB; a block as large as all of them gets huge pages.
std::shared_ptr<void> gather_constants(ModelPlan& plan) {
  std::int64_t bytes = 0;
  for (const Tensor& constant : plan.constants) bytes += round_up(constant.bytes(), kAlignment);
  std::shared_ptr<void> block = allocate(bytes);
  if (!block)
    throw Error(Code::bad_input, "the model's weights need {} bytes, which this machine does not have", bytes);
  char* at = static_cast<char*>(block.get());
  for (Tensor& constant : plan.constants) {
    std::memcpy(at, constant.data(), static_cast<std::size_t>(constant.bytes()));
    constant = Tensor::view(constant.type(), constant.shape(), at);
    at += round_up(constant.bytes(), kAlignment);
  }
  return block;
}

}  // namespace

Model::Model(ModelPlan plan)
    : constants_(gather_constants(plan)), plan_(std::make_shared<const ModelPlan>(std::move(plan))) {
  for (const std::string& bytes : plan_->objects) {
    Result<std::shared_ptr<const LoadedObject>> object = LoadedObject::load(bytes);
    if (!object) throw Error(Code::bad_input, "the model's code can't be loaded: {}", object.message());
    objects_.push_back(*object);
  }
  if (const std::vector<std::string> missing = missing_features(plan_->required_features); !missing.empty())
    throw Error(Code::bad_input,
                "the model was compiled for {}, but this processor has no {}; compile it for this machine",
                plan_->target, fmt::join(missing, ", "));
  for (const KernelCall& call : plan_->calls) {
    TW_CHECK(call.object >= 0 && static_cast<std::size_t>(call.object) < objects_.size(), "no object {}", call.object);
    for (const BufferRef& ref : call.buffers) check_ref(*plan_, ref);
    kernels_.push_back(objects_[static_cast<std::size_t>(call.object)]->function<tw_kernel>(call.symbol));
    TW_CHECK(kernels_.back() != nullptr, "object {} has no kernel {}", call.object, call.symbol);
  }
  for (const OutputCopy& copy : plan_->copies) {
    check_ref(*plan_, copy.from);
    check_ref(*plan_, {BufferRef::Place::output, copy.output});
  }
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
