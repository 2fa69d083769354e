#include "support/run_kernel.h"

#include <cstring>
#include <deque>
#include <limits>

#include "backend/cpu/required_features.h"
#include "base/element.h"
#include "runtime/cpu/object_loader.h"
#include "runtime/tensor.h"
#include "support/fenced_memory.h"
#include "target/host.h"

namespace tilewright::support {
namespace {

void write(const te::Array& array, runtime::Tensor& tensor) {
  for (std::size_t i = 0; i < array.size(); ++i)
    store_element(tensor.type(), tensor.data(), static_cast<std::int64_t>(i), array.at(i));
}
te::Array read(const runtime::Tensor& tensor) {
  te::Array array(tensor.type(), tensor.shape());
  for (std::int64_t i = 0; i < tensor.elements(); ++i) array.append(load_element(tensor.type(), tensor.data(), i));
  return array;
}

}  // namespace

Result<std::vector<te::Array>> run_kernel(cpu::Compiler& compiler, runtime::ThreadPool& pool,
                                          const loop::Program& program, std::span<const te::Array> inputs) {
  const Result<std::string> object = compiler.compile(program, "kernel");
  if (!object) return object.failure();
  const auto loaded = runtime::LoadedObject::load(*object);
  TW_CHECK(static_cast<bool>(loaded), "{}", loaded.message());
  const auto kernel = (*loaded)->function<tw_kernel>("kernel");
  std::deque<FencedMemory> memory;
  std::vector<runtime::Tensor> tensors;
  std::vector<void*> buffers;
  const auto layout_of = [&](std::size_t a) -> const BlockedLayout* {
    for (const PackedArgument& packed : program.packed)
      if (packed.argument == static_cast<int>(a)) return &packed.layout;
    return nullptr;
  };
  for (const te::Tensor& argument : program.dag->arguments()) {
    memory.emplace_back(argument->elements() * bytes_of(argument.type()));
    tensors.push_back(runtime::Tensor::view(argument.type(), argument.shape(), memory.back().data()));
    std::memset(tensors.back().data(), 0xff,
                static_cast<std::size_t>(tensors.back().bytes()));  // NaN, so that what is not written shows
    buffers.push_back(tensors.back().data());
  }
  std::size_t next_input = 0;
  for (std::size_t a = 0; a < tensors.size(); ++a) {
    if (!program.dag->arguments()[a]->is_placeholder()) continue;
    write(inputs[next_input++], tensors[a]);
    const BlockedLayout* layout = layout_of(a);
    if (!layout) continue;
    runtime::Tensor blocked(tensors[a].type(), layout->blocked_shape());
    to_blocks(*layout, bytes_of(blocked.type()), tensors[a].data(), blocked.data());
    tensors[a] = std::move(blocked);
    buffers[a] = tensors[a].data();
  }
  const tw_kernel_args arguments{buffers.data(), static_cast<std::int64_t>(buffers.size()), pool.runtime()};
  const std::int32_t status = kernel(&arguments);
  TW_CHECK(status == 0, "the kernel returned {}", status);
  std::vector<te::Array> outputs;
  for (std::size_t a = 0; a < tensors.size(); ++a)
    if (!program.dag->arguments()[a]->is_placeholder()) outputs.push_back(read(tensors[a]));
  return outputs;
}

bool runs_here(const target::TargetSpec& target) {
  if (target.is_aarch64() != target::host_target().is_aarch64()) return false;
  return target::missing_features(cpu::required_features(target)).empty();
}

}  // namespace tilewright::support
