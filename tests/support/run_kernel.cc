#include "support/run_kernel.h"

#include <cstring>
#include <deque>
#include <limits>

#include "runtime/object_loader.h"
#include "runtime/processor.h"
#include "runtime/tensor.h"
#include "support/fenced_memory.h"

namespace tilewright::testing {
namespace {

template <class T>
void write(const te::Array& array, runtime::Tensor& tensor) {
  for (std::size_t i = 0; i < array.values.size(); ++i) tensor.as<T>()[i] = static_cast<T>(array.values[i]);
}
template <class T>
void read(const runtime::Tensor& tensor, te::Array& array) {
  for (std::size_t i = 0; i < array.values.size(); ++i) array.values[i] = static_cast<double>(tensor.as<T>()[i]);
}

template <class Visitor>
void dispatch(DType type, const Visitor& visit) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return visit(std::uint8_t{});
    case DType::i8:
      return visit(std::int8_t{});
    case DType::i32:
      return visit(std::int32_t{});
    case DType::i64:
      return visit(std::int64_t{});
    case DType::f32:
      return visit(float{});
    case DType::f64:
      return visit(double{});
    case DType::bf16:
      TW_CHECK(false, "bf16 arrays are not run here");
  }
}

}  // namespace

Result<std::vector<te::Array>> run_kernel(codegen::Compiler& compiler, runtime::ThreadPool& pool,
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
    dispatch(tensors[a].type(), [&](auto type) { write<decltype(type)>(inputs[next_input++], tensors[a]); });
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
  for (std::size_t a = 0; a < tensors.size(); ++a) {
    const te::Tensor& argument = program.dag->arguments()[a];
    if (argument->is_placeholder()) continue;
    outputs.push_back(
        {argument.type(), argument.shape(), std::vector<double>(static_cast<std::size_t>(argument->elements()))});
    dispatch(argument.type(), [&](auto type) { read<decltype(type)>(tensors[a], outputs.back()); });
  }
  return outputs;
}

bool runs_here(const codegen::Target& target) {
  if (target.is_aarch64() != codegen::Target::host().is_aarch64()) return false;
  return runtime::missing_features(target.required_features()).empty();
}

}  // namespace tilewright::testing
