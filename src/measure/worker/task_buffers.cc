#include "measure/worker/task_buffers.h"

#include <fmt/format.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <cstring>

#include "base/fill_input.h"

namespace tilewright::measure {
namespace {

constexpr std::int64_t kLine = 64;
constexpr std::int64_t kMostCopied = 256 << 20;  ///< bytes of packed arguments that are kept besides those in use

std::size_t index(const PackedArgument& packed) { return static_cast<std::size_t>(packed.argument); }

#if defined(__x86_64__)
/// clflushopt, where there is one: flushes overlap, so that megabytes take a fraction of a millisecond.
void flush(const char* data, std::int64_t bytes) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool optimized = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 23 & 1) != 0;
  for (std::int64_t at = 0; at < bytes; at += kLine) {
    if (optimized)
      asm volatile("clflushopt %0" ::"m"(data[at]) : "memory");
    else
      __builtin_ia32_clflush(data + at);
  }
  __builtin_ia32_mfence();
}
#elif defined(__aarch64__)
void flush(const char* data, std::int64_t bytes) {
  for (std::int64_t at = 0; at < bytes; at += kLine) asm volatile("dc civac, %0" ::"r"(data + at) : "memory");
  asm volatile("dsb sy" ::: "memory");
}
#endif

}  // namespace

TaskBuffers::TaskBuffers(const TaskMessage& task) : arguments_(task.arguments) {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    runtime::Tensor& tensor = tensors_.emplace_back(arguments_[i].type, arguments_[i].shape, runtime::Use::kernels);
    pointers_.push_back(tensor.data());
    if (arguments_[i].is_output) continue;
    fill_input(tensor.type(), tensor.data(), tensor.elements(), task.seed, static_cast<int>(i));
  }
}

std::int64_t TaskBuffers::bytes() const {
  std::int64_t sum = 0;
  for (const runtime::Tensor& tensor : tensors_) sum += tensor.bytes();
  return sum;
}

void TaskBuffers::set_reference(ReferenceMessage reference) {
  expected_.clear();
  std::size_t next = 0;
  for (const Argument& argument : arguments_) {
    if (!argument.is_output) continue;
    expected_.emplace_back(argument.name, argument.type, argument.shape, std::move(reference.outputs[next++]),
                           reference.tolerance);
  }
}

void TaskBuffers::pack(const std::vector<PackedArgument>& arguments) {
  if (arguments == layouts_) return;
  for (const PackedArgument& old : layouts_) pointers_[index(old)] = tensors_[index(old)].data();
  layouts_ = arguments;
  for (const PackedArgument& packed : layouts_) pointers_[index(packed)] = packed_copy(packed).data();
  std::int64_t bytes = 0;
  for (const PackedCopy& copy : copies_) bytes += copy.tensor.bytes();
  for (; copies_.size() > layouts_.size() && bytes > kMostCopied; copies_.pop_back())
    bytes -= copies_.back().tensor.bytes();
}

/// The argument in blocks; made if it is not at hand.
runtime::Tensor& TaskBuffers::packed_copy(const PackedArgument& packed) {
  const auto known =
      std::find_if(copies_.begin(), copies_.end(), [&](const PackedCopy& c) { return c.layout == packed; });
  if (known != copies_.end()) {
    copies_.splice(copies_.begin(), copies_, known);
    return copies_.front().tensor;
  }
  const runtime::Tensor& dense = tensors_[index(packed)];
  PackedCopy& copy =
      copies_.emplace_front(PackedCopy{packed, {dense.type(), packed.layout.blocked_shape(), runtime::Use::kernels}});
  to_blocks(packed.layout, bytes_of(dense.type()), dense.data(), copy.tensor.data());
  return copy.tensor;
}

void TaskBuffers::poison_outputs() {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (arguments_[i].is_output) std::memset(tensors_[i].data(), 0xff, static_cast<std::size_t>(tensors_[i].bytes()));
  }
}

std::optional<std::string> TaskBuffers::unwritten(std::size_t argument) const {
  const runtime::Tensor& tensor = tensors_[argument];
  if (!is_float(tensor.type())) return std::nullopt;
  const int width = bytes_of(tensor.type());
  const auto* bytes = static_cast<const unsigned char*>(tensor.data());
  for (std::int64_t i = 0; i < tensor.elements(); ++i, bytes += width) {
    if (!std::all_of(bytes, bytes + width, [](unsigned char byte) { return byte == 0xff; })) continue;
    return fmt::format("output {} was not written at {}", arguments_[argument].name, position_text(tensor.shape(), i));
  }
  return std::nullopt;
}

std::optional<std::string> TaskBuffers::mismatch() const {
  std::size_t next = 0;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (!arguments_[i].is_output) continue;
    std::optional<std::string> wrong =
        expected_.empty() ? unwritten(i) : expected_[next++].mismatch(tensors_[i].data());
    if (wrong) return wrong;
  }
  return std::nullopt;
}

std::vector<std::string> TaskBuffers::outputs() const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (!arguments_[i].is_output) continue;
    all.emplace_back(static_cast<const char*>(tensors_[i].data()), static_cast<std::size_t>(tensors_[i].bytes()));
  }
  return all;
}

void TaskBuffers::flush_caches(bool all) const {
  for (std::size_t i = 0; i < tensors_.size(); ++i)
    if (all || arguments_[i].is_cold) flush(static_cast<const char*>(tensors_[i].data()), tensors_[i].bytes());
  for (const PackedCopy& copy : copies_) {
    const bool in_use = pointers_[index(copy.layout)] == copy.tensor.data();
    if (in_use && (all || arguments_[index(copy.layout)].is_cold))
      flush(static_cast<const char*>(copy.tensor.data()), copy.tensor.bytes());
  }
}

}  // namespace tilewright::measure
