#include "graph/onnx_import.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "base/file.h"
#include "graph/onnx/importer.h"

namespace tilewright::graph {
namespace {

onnx::ModelProto parse(const std::string& bytes, const std::filesystem::path& path) {
  const google::protobuf::LogSilencer quiet;  // the message below says it
  if (bytes.empty()) throw Error(Code::bad_input, "{} is empty, expected an ONNX model", path.string());
  TW_CHECK(std::ssize(bytes) <= kMostFileBytes);
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw Error(Code::bad_input, "{} is no ONNX model, or it is cut off (read {} bytes); download or export it again",
                path.string(), bytes.size());
  if (!model.has_graph() || model.graph().node_size() + model.graph().output_size() == 0)
    throw Error(Code::bad_input, "{} is no ONNX model: it holds no network", path.string());
  return model;
}

/// The file's bytes are gone when this returns: weights are large, and the model has its own copy.
onnx::ModelProto read_model(const std::filesystem::path& path) {
  std::error_code unknown;
  if (const auto bytes = std::filesystem::file_size(path, unknown); !unknown && bytes > kMostFileBytes)
    throw Error(Code::bad_input, "{} is larger than 2 GiB; save its weights as external data", path.string());
  return parse(read_file(path), path);
}

std::string name_of(const onnx::NodeProto& node) {
  if (!node.name().empty()) return node.name();
  return node.output_size() > 0 ? node.output(0) : "(unnamed)";
}

std::string describe(const Importer::Problem& problem, int opset) {
  const std::string& domain = problem.node->domain();
  return fmt::format("node '{}' ({}{}, opset {}): {}", name_of(*problem.node), domain.empty() ? "" : domain + ".",
                     problem.node->op_type(), opset, problem.reason);
}

Network import_model(onnx::ModelProto model, const std::filesystem::path& path, const ImportOptions& options) {
  Importer importer(model, path, options);
  if (!importer.problems().empty()) {
    const std::size_t more = importer.problems().size() - 1;
    throw Error(Code::bad_input, "{}: {}{}; 'tilewright check' lists all that is missing", path.string(),
                describe(importer.problems()[0], importer.opset()),
                more == 0 ? "" : fmt::format(" (and {} more nodes)", more));
  }
  return {importer.take(), importer.notes()};
}

}  // namespace

Network import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  return import_model(read_model(path), path, options);
}

Network import_onnx_bytes(const std::string& bytes, const std::filesystem::path& path, const ImportOptions& options) {
  return import_model(parse(bytes, path), path, options);
}

ModelCheck check_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  onnx::ModelProto model = read_model(path);
  const Importer importer(model, path, options);
  ModelCheck check;
  check.notes = importer.notes();
  for (const onnx::NodeProto& node : model.graph().node()) ++check.operators[node.op_type()];
  for (const Importer::Problem& problem : importer.problems()) {
    const onnx::NodeProto& node = *problem.node;
    auto same = std::find_if(check.missing.begin(), check.missing.end(), [&](const MissingFeature& m) {
      return m.op == node.op_type() && m.domain == node.domain() && m.reason == problem.reason;
    });
    if (same == check.missing.end())
      same = check.missing.insert(same, {node.op_type(), node.domain(), importer.opset(), {}, problem.reason});
    same->nodes.push_back(name_of(node));
  }
  return check;
}

}  // namespace tilewright::graph
