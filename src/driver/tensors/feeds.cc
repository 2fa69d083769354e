#include "driver/tensors/feeds.h"

#include <algorithm>

#include "base/error.h"
#include "driver/tensors/elements.h"
#include "graph/tensor_file.h"

namespace tilewright::driver {
namespace {

const runtime::Port* find(std::span<const runtime::Port> ports, const std::string& name) {
  const auto port = std::find_if(ports.begin(), ports.end(), [&](const runtime::Port& p) { return p.name == name; });
  return port == ports.end() ? nullptr : &*port;
}

enum class FileKind { npz, pb };
FileKind kind_of_tensors(const std::filesystem::path& file) {
  if (file.extension() == ".npz") return FileKind::npz;
  if (file.extension() == ".pb") return FileKind::pb;
  throw Error(Code::usage, "{}: tensors are read from .npz and .pb files", file.string());
}

}  // namespace

std::vector<graph::FedArray> shapes_of(std::span<const std::filesystem::path> files) {
  std::vector<graph::FedArray> arrays;
  std::size_t position = 0;  // among the .pb files
  for (const std::filesystem::path& file : files) {
    if (kind_of_tensors(file) == FileKind::npz) {
      for (runtime::Port& array : npz_arrays(file))
        arrays.push_back({std::move(array.name), std::move(array.shape), std::nullopt});
    } else {
      const graph::NamedTensor tensor = graph::read_tensor_file(file);
      arrays.push_back({tensor.name, tensor.value.shape(), position++});
    }
  }
  return arrays;
}

NamedTensors read_tensors(std::span<const std::filesystem::path> files, std::span<const runtime::Port> ports) {
  NamedTensors tensors;
  const auto add = [&](const std::filesystem::path& file, const std::string& name, runtime::Tensor tensor) {
    if (!tensors.emplace(name, std::move(tensor)).second)
      throw Error(Code::bad_input, "{}: tensor {} was already given by another file", file.string(), name);
  };
  std::size_t position = 0;  // among the .pb files
  for (const std::filesystem::path& file : files) {
    if (kind_of_tensors(file) == FileKind::npz) {
      for (auto& [name, tensor] : read_npz(file, ports)) add(file, name, std::move(tensor));
    } else {
      graph::NamedTensor tensor = graph::read_tensor_file(file);
      const bool by_position = find(ports, tensor.name) == nullptr && position < ports.size();
      add(file, by_position ? ports[position].name : tensor.name, std::move(tensor.value));
      ++position;
    }
  }
  return tensors;
}

NamedTensors random_inputs(std::span<const runtime::Port> ports, std::uint64_t seed) {
  NamedTensors inputs;
  for (const runtime::Port& port : ports)
    inputs.emplace(port.name, random_tensor(port.type, port.shape, seed + inputs.size()));
  return inputs;
}

}  // namespace tilewright::driver
