#include "onnx_node_case.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>

#include "backend/cpu/backend.h"
#include "base/file.h"
#include "base/shape_text.h"
#include "compile/compile_model.h"
#include "graph/array.h"
#include "graph/onnx_import.h"
#include "graph/passes.h"
#include "graph/tensor_file.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

using Tensors = std::map<std::string, runtime::Tensor>;

onnx::ModelProto read_model(const std::filesystem::path& folder) {
  onnx::ModelProto model;
  if (!model.ParseFromString(read_file(folder / "model.onnx")))
    throw Error(Code::bad_input, "{} is no ONNX model", (folder / "model.onnx").string());
  // Tests name the set in which their operator came; those that came earlier are in the oldest set as they were.
  for (onnx::OperatorSetIdProto& set : *model.mutable_opset_import())
    set.set_version(std::max<std::int64_t>(set.version(), kOldestOpset));
  return model;
}

onnx::TensorProto read_tensor_proto(const std::filesystem::path& path) {
  onnx::TensorProto tensor;
  if (!tensor.ParseFromString(read_file(path))) throw Error(Code::bad_input, "{} is no ONNX tensor", path.string());
  return tensor;
}

std::filesystem::path file_of(const std::filesystem::path& set, const char* kind, int i) {
  return set / fmt::format("{}_{}.pb", kind, i);
}

/// The model with its inputs from `first` on as weights.
onnx::ModelProto with_weights(onnx::ModelProto model, const std::filesystem::path& set, int first) {
  for (int i = first; i < model.graph().input_size(); ++i) {
    onnx::TensorProto* weight = model.mutable_graph()->add_initializer();
    *weight = read_tensor_proto(file_of(set, "input", i));
    weight->set_name(model.graph().input(i).name());
  }
  return model;
}

/// The network with as few weights as it can be imported with: none, all inputs but the first, all.
Network import_case(const onnx::ModelProto& model, const std::filesystem::path& set) {
  for (const int first : {model.graph().input_size(), 1, 0}) {
    try {
      return import_onnx_bytes(with_weights(model, set, first).SerializeAsString(), set.filename());
    } catch (const Error&) {
      if (first == 0) throw;
    }
  }
  TW_CHECK(false, "not reached");
}

double largest(const runtime::Tensor& tensor) {
  double most = 1;
  for (std::int64_t i = 0; i < tensor.elements(); ++i)
    if (std::isfinite(real_element(tensor, i))) most = std::max(most, std::abs(real_element(tensor, i)));
  return most;
}

/// Rounding explained by the element types and the lengths of the sums, on both sides.
double tolerance_of(const Partition& partition, const Tensors& inputs, const runtime::Tensor& expected) {
  double magnitude = largest(expected), relative = 0;
  for (const auto& [name, tensor] : inputs) magnitude = std::max(magnitude, largest(tensor));
  for (const TaskCall& call : partition.calls)
    relative += te::tolerance(*partition.tasks[static_cast<std::size_t>(call.task)].dag);
  if (expected.type() == DType::f64) relative *= std::ldexp(1.0, 24 - 53);
  return is_float(expected.type()) ? 2 * relative * magnitude : 0;
}

/// What differs, or "".
std::string difference(const runtime::Tensor& found, const runtime::Tensor& expected, double tolerance) {
  if (found.type() != expected.type())
    return fmt::format("type {}, expected {}", to_text(found.type()), to_text(expected.type()));
  if (found.shape() != expected.shape())
    return fmt::format("shape {}, expected {}", shape_text(found.shape()), shape_text(expected.shape()));
  for (std::int64_t i = 0; i < found.elements(); ++i) {
    const double a = real_element(found, i), b = real_element(expected, i);
    const bool same = a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= tolerance;
    if (!same) return fmt::format("element {} is {}, expected {} within {}", i, a, b, tolerance);
  }
  return "";
}

void run_data_set(const onnx::ModelProto& model, const std::filesystem::path& set, NodeCaseResult& result) {
  const Network network = import_case(model, set);
  const Partition cut = partition(optimize(network.graph));
  const auto plain = [](const task::Task& task) { return schedule::State::initial(task.dag); };
  const runtime::Model compiled = compile::compile(cut, plain, cpu::make_target(target::host_target()), 1);
  Tensors inputs;
  for (int i = 0; i < model.graph().input_size(); ++i) {
    const NamedTensor read = read_tensor_file(file_of(set, "input", i));
    result.types.emplace(to_text(read.value.type()));
    const std::string& name = model.graph().input(i).name();
    const auto& ports = compiled.inputs();
    if (std::any_of(ports.begin(), ports.end(), [&](const runtime::Port& port) { return port.name == name; }))
      inputs[name] = read.value;
  }
  runtime::ThreadPool pool({.threads = 1, .pin = false});
  const Tensors outputs = compiled.run(inputs, pool);
  for (int i = 0; i < model.graph().output_size(); ++i) {
    const runtime::Tensor expected = read_tensor_file(file_of(set, "output", i)).value;
    result.types.emplace(to_text(expected.type()));
    const runtime::Tensor& found = outputs.at(model.graph().output(i).name());
    const std::string differs = difference(found, expected, tolerance_of(cut, inputs, expected));
    if (!differs.empty()) throw Error(Code::bad_input, "output {}: {}", i, differs);
  }
}

}  // namespace

std::vector<NodeCase> list_node_cases(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw Error(Code::bad_input,
                "ONNX's node tests are missing: no folder {}; install libonnx-testdata (scripts/packages) or say where "
                "they are with TW_ONNX_NODE_TESTS",
                folder.string());
  std::vector<NodeCase> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const onnx::ModelProto model = read_model(entry.path());
    const bool one = model.graph().node_size() == 1 && model.graph().node(0).domain().empty();
    cases.push_back({entry.path().filename(), one ? model.graph().node(0).op_type() : "", entry.path()});
  }
  std::sort(cases.begin(), cases.end(), [](const NodeCase& a, const NodeCase& b) { return a.name < b.name; });
  return cases;
}

NodeCaseResult run_node_case(const NodeCase& node_case) {
  NodeCaseResult result;
  try {
    const onnx::ModelProto model = read_model(node_case.folder);
    for (const auto& entry : std::filesystem::directory_iterator(node_case.folder))
      if (entry.is_directory()) run_data_set(model, entry.path(), result);
    result.passed = true;
  } catch (const std::exception& error) {
    result.message = error.what();
  }
  return result;
}

}  // namespace tilewright::graph
