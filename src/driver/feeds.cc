#include "driver/feeds.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "driver/elements.h"
#include "graph/tensor_file.h"

namespace tilewright::driver {
namespace {

const Port* find(std::span<const Port> ports, const std::string& name) {
  const auto port = std::find_if(ports.begin(), ports.end(), [&](const Port& p) { return p.name == name; });
  return port == ports.end() ? nullptr : &*port;
}

std::string type_text(DType type, const std::vector<std::int64_t>& shape) {
  return fmt::format("{} {}", to_text(type), shape_text(shape));
}

/// What is wrong with the tensor given for `port`, or nothing.
std::string misfit(const Port& port, const NamedTensors& tensors) {
  const auto given = tensors.find(port.name);
  const std::string expected = type_text(port.type, port.shape);
  if (given == tensors.end()) return fmt::format("input {} ({}) is missing", port.name, expected);
  const std::string actual = type_text(given->second.type(), given->second.shape());
  return actual == expected ? "" : fmt::format("input {} must be {}, is {}", port.name, expected, actual);
}

}  // namespace

NamedTensors read_tensors(std::span<const std::filesystem::path> files, std::span<const Port> ports) {
  NamedTensors tensors;
  const auto add = [&](const std::filesystem::path& file, const std::string& name, runtime::Tensor tensor) {
    if (!tensors.emplace(name, std::move(tensor)).second)
      throw Error(Code::bad_input, "{}: tensor {} was already given by another file", file.string(), name);
  };
  std::size_t position = 0;  // among the .pb files
  for (const std::filesystem::path& file : files) {
    if (file.extension() == ".npz") {
      for (auto& [name, tensor] : read_npz(file)) add(file, name, std::move(tensor));
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

std::vector<runtime::Tensor> in_order(const NamedTensors& tensors, std::span<const Port> ports) {
  std::vector<std::string> problems;
  for (const Port& port : ports)
    if (std::string problem = misfit(port, tensors); !problem.empty()) problems.push_back(std::move(problem));
  for (const auto& [name, tensor] : tensors)
    if (find(ports, name) == nullptr) problems.push_back(fmt::format("the model has no input {}", name));
  if (!problems.empty()) throw Error(Code::bad_input, "{}", fmt::join(problems, "; "));

  std::vector<runtime::Tensor> ordered;
  for (const Port& port : ports) ordered.push_back(tensors.at(port.name));
  return ordered;
}

std::vector<runtime::Tensor> random_inputs(std::span<const Port> ports, std::uint64_t seed) {
  std::vector<runtime::Tensor> inputs;
  for (const Port& port : ports) inputs.push_back(random_tensor(port.type, port.shape, seed + inputs.size()));
  return inputs;
}

}  // namespace tilewright::driver
