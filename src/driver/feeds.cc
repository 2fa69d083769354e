#include "driver/feeds.h"

#include <algorithm>

#include "base/error.h"
#include "driver/elements.h"
#include "graph/tensor_file.h"

namespace tilewright::driver {
namespace {

const runtime::Port* find(std::span<const runtime::Port> ports, const std::string& name) {
  const auto port = std::find_if(ports.begin(), ports.end(), [&](const runtime::Port& p) { return p.name == name; });
  return port == ports.end() ? nullptr : &*port;
}

}  // namespace

NamedTensors read_tensors(std::span<const std::filesystem::path> files, std::span<const runtime::Port> ports) {
  NamedTensors tensors;
  const auto add = [&](const std::filesystem::path& file, const std::string& name, runtime::Tensor tensor) {
    if (!tensors.emplace(name, std::move(tensor)).second)
      throw Error(Code::bad_input, "{}: tensor {} was already given by another file", file.string(), name);
  };
  std::size_t position = 0;  // among the .pb files
  for (const std::filesystem::path& file : files) {
    if (file.extension() == ".npz") {
      for (auto& [name, tensor] : read_npz(file, ports)) add(file, name, std::move(tensor));
    } else if (file.extension() == ".pb") {
      graph::NamedTensor tensor = graph::read_tensor_file(file);
      const bool by_position = find(ports, tensor.name) == nullptr && position < ports.size();
      add(file, by_position ? ports[position].name : tensor.name, std::move(tensor.value));
      ++position;
    } else {
      throw Error(Code::usage, "{}: tensors are read from .npz and .pb files", file.string());
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
