#include "runtime/model/execution.h"

#include <fmt/ranges.h>

#include <chrono>
#include <cstring>

#include "base/error.h"
#include "base/out_of_memory.h"
#include "runtime/cpu/memory.h"

namespace tilewright::runtime {
namespace {

constexpr std::uintptr_t kBufferAlignment = 64;

std::string type_text(DType type, const std::vector<std::int64_t>& shape) {
  return fmt::format("{} [{}]", to_text(type), fmt::join(shape, ", "));
}

bool is_aligned(const void* data) { return reinterpret_cast<std::uintptr_t>(data) % kBufferAlignment == 0; }

}  // namespace

Execution::Execution(const Model& model, ThreadPool& pool)
    : model_(model), pool_(pool), arena_(allocate(model.plan().arena_bytes)), inputs_(model.inputs().size()) {
  if (!arena_) throw OutOfMemory("the model needs {} bytes for its intermediate results", model.plan().arena_bytes);
  for (const Port& port : model.outputs()) outputs_.emplace_back(port.type, port.shape, Use::kernels);
  for (const KernelCall& call : model.plan().calls) buffers_.emplace_back(call.buffers.size());
  for (std::vector<void*>& buffers : buffers_)
    arguments_.push_back({buffers.data(), static_cast<std::int64_t>(buffers.size()), pool.runtime()});
}

void Execution::bind(int i, Tensor tensor) {
  const Port& port = model_.inputs()[static_cast<std::size_t>(i)];
  if (tensor.type() != port.type || tensor.shape() != port.shape)
    throw Error(Code::bad_input, "input {} must be {}, is {}", port.name, type_text(port.type, port.shape),
                type_text(tensor.type(), tensor.shape()));
  if (!is_aligned(tensor.data())) {
    Tensor copy(port.type, port.shape, Use::kernels);
    std::memcpy(copy.data(), tensor.data(), static_cast<std::size_t>(tensor.bytes()));
    tensor = std::move(copy);
  }
  inputs_[static_cast<std::size_t>(i)] = std::move(tensor);
  resolved_ = false;
}

void* Execution::address(const BufferRef& ref) const {
  const auto i = static_cast<std::size_t>(ref.position);
  switch (ref.place) {
    case BufferRef::Place::arena:
      return static_cast<char*>(arena_.get()) + ref.position;
    case BufferRef::Place::constant:
      return const_cast<void*>(model_.plan().constants[i].data());  // kernels only read it
    case BufferRef::Place::input:
      return static_cast<char*>(const_cast<void*>(inputs_[i].data())) + ref.offset;
    case BufferRef::Place::output:
      return static_cast<char*>(const_cast<void*>(outputs_[i].data())) + ref.offset;
  }
  return nullptr;
}

void Execution::resolve() {
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    TW_CHECK(inputs_[i].data() != nullptr, "input {} is not bound", model_.inputs()[i].name);
  for (std::size_t c = 0; c < buffers_.size(); ++c)
    for (std::size_t b = 0; b < buffers_[c].size(); ++b) buffers_[c][b] = address(model_.plan().calls[c].buffers[b]);
  resolved_ = true;
}

void Execution::run(std::span<double> call_s) {
  using Clock = std::chrono::steady_clock;
  if (!resolved_) resolve();
  Clock::time_point begin = call_s.empty() ? Clock::time_point() : Clock::now();
  for (std::size_t c = 0; c < arguments_.size(); ++c) {
    const std::int32_t status = model_.kernels()[c](&arguments_[c]);
    if (status == 1) throw OutOfMemory("there is not enough to run {}", model_.plan().calls[c].description);
    TW_CHECK(status == 0, "kernel {} ({}) returned {}", c, model_.plan().calls[c].description, status);
    if (call_s.empty()) continue;
    const Clock::time_point end = Clock::now();
    call_s[c] = std::chrono::duration<double>(end - begin).count();
    begin = end;
  }
  for (const OutputCopy& copy : model_.plan().copies) {
    Tensor& out = outputs_[static_cast<std::size_t>(copy.output)];
    std::memcpy(out.data(), address(copy.from), static_cast<std::size_t>(out.bytes()));
  }
}

}  // namespace tilewright::runtime
