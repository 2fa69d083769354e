// ONNX files: the importer, from bytes to a graph.
#include "graph/onnx_model.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "graph/onnx_import.h"
#include "graph/passes.h"
#include "mutate_bytes.h"
#include "mutate_message.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

using graph::OnnxModel;
using Integers = OnnxModel::Integers;

/// Where Debian's libonnx-testdata has one small model a folder; every fourth of them is taken.
constexpr const char* kNodeTests = "/usr/share/libonnx-testdata/data/node";
constexpr std::uintmax_t kMostSeedBytes = 4096;

te::Array ones(const graph::Shape& shape) {
  std::size_t elements = 1;
  for (const std::int64_t extent : shape) elements *= static_cast<std::size_t>(extent);
  return {DType::f32, shape, std::vector<double>(elements, 1)};
}

/// A small network: convolution, pooling, residual, reshape to a computed shape, product, softmax.
OnnxModel small_network() {
  return OnnxModel()
      .input("x", {1, 3, 8, 8})
      .weight("w", ones({4, 3, 3, 3}))
      .weight("bias", ones({4}))
      .weight("fc", ones({64, 5}))
      .integers("shape", {1, -1})
      .node("Conv", {"x", "w", "bias"}, {"c"}, {{"pads", Integers{1, 1, 1, 1}}, {"strides", Integers{1, 1}}})
      .node("BatchNormalization", {"c", "bias", "bias", "bias", "bias"}, {"n"}, {{"epsilon", 1e-5}})
      .node("Relu", {"n"}, {"r"})
      .node("Add", {"r", "c"}, {"s"})
      .node("MaxPool", {"s"}, {"p"}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}})
      .node("Reshape", {"p", "shape"}, {"f"})
      .node("MatMul", {"f", "fc"}, {"m"})
      .node("Softmax", {"m"}, {"y"}, {{"axis", std::int64_t{1}}})
      .output("y");
}

/// Shapes worked out by nodes, as exporters write them.
OnnxModel shape_arithmetic() {
  return OnnxModel()
      .input("x", {2, 6, 4})
      .integers("zero", {0})
      .integers("two", {2})
      .integers("starts", {0, 1})
      .integers("ends", {2, 5})
      .node("Shape", {"x"}, {"s"})
      .node("Gather", {"s", "zero"}, {"n"}, {{"axis", std::int64_t{0}}})
      .node("Concat", {"n", "two", "two"}, {"t"}, {{"axis", std::int64_t{0}}})
      .node("Slice", {"x", "starts", "ends"}, {"cut"})
      .node("ReduceMean", {"cut"}, {"mean"}, {{"axes", Integers{1, 2}}, {"keepdims", std::int64_t{1}}})
      .node("Expand", {"mean", "t"}, {"y"})
      .node("ConstantOfShape", {"t"}, {"c"})
      .node("Add", {"y", "c"}, {"z"})
      .output("z");
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> models{small_network().bytes(), shape_arithmetic().bytes()};
  if (!std::filesystem::is_directory(kNodeTests)) return models;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(kNodeTests))
    paths.push_back(entry.path() / "model.onnx");
  std::sort(paths.begin(), paths.end());
  for (std::size_t i = 0; i < paths.size(); i += 4)
    if (std::filesystem::exists(paths[i]) && std::filesystem::file_size(paths[i]) <= kMostSeedBytes)
      models.push_back(read_file(paths[i]));
  return models;
}

void test_one_input(std::string_view input) {
  try {
    const graph::Network network = graph::import_onnx_bytes(std::string(input), "/nonexistent/fuzz.onnx");
    graph::optimize(network.graph);
  } catch (const Error&) {
  }
}

void mutate_form(std::string& input, Rng& rng) {
  const google::protobuf::LogSilencer quiet;
  onnx::ModelProto model;
  if (!model.ParseFromString(input)) return;
  mutate_message(model, rng);
  input = model.SerializePartialAsString();
}

}  // namespace tilewright::fuzz
