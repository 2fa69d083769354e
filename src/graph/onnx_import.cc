#include "graph/onnx_import.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "base/file.h"
#include "graph/onnx/importer.h"
#include "graph/partition.h"
#include "graph/passes.h"

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

std::string describe(const Importer::Problem& problem, int opset) {
  if (!problem.is_of_node) return fmt::format("{} '{}': {}", problem.op, problem.name, problem.reason);
  return fmt::format("node '{}' ({}{}, opset {}): {}", problem.name, problem.domain.empty() ? "" : problem.domain + ".",
                     problem.op, opset, problem.reason);
}

Network import_model(onnx::ModelProto model, const std::filesystem::path& path, const ImportOptions& options) {
  Importer importer(model, path, options);
  if (!importer.problems().empty()) {
    const std::size_t more = importer.problems().size() - 1;
    throw Error(Code::bad_input, "{}: {}{}; 'tilewright check' lists all that is missing", path.string(),
                describe(importer.problems()[0], importer.opset()),
                more == 0 ? "" : fmt::format(" (and {} more problem{})", more, more == 1 ? "" : "s"));
  }
  return {importer.take(), importer.notes()};
}

/// One entry for all that lack the same thing.
void add_missing(ModelCheck& check, const Importer::Problem& problem, int opset) {
  auto same = std::find_if(check.missing.begin(), check.missing.end(), [&](const MissingFeature& m) {
    return m.op == problem.op && m.domain == problem.domain && m.reason == problem.reason;
  });
  if (same == check.missing.end())
    same = check.missing.insert(same, {problem.op, problem.domain, opset, {}, problem.reason});
  same->nodes.push_back(problem.name);
}

/// Goes the way that a compilation goes up to its schedules, so that the two can't disagree.
ModelCheck check_model(onnx::ModelProto model, const std::filesystem::path& path, const ImportOptions& options) {
  ModelCheck check;
  for (const onnx::NodeProto& node : model.graph().node()) ++check.operators[node.op_type()];
  Importer importer(model, path, options);
  check.notes = importer.notes();
  for (const Importer::Problem& problem : importer.problems()) add_missing(check, problem, importer.opset());
  if (!check.supported()) return check;
  try {
    partition(optimize(importer.take()));
  } catch (const Error& error) {
    check.missing.push_back({"network", "", importer.opset(), {path.string()}, error.what()});
  }
  return check;
}

}  // namespace

Network import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  return import_model(read_model(path), path, options);
}

Network import_onnx_bytes(const std::string& bytes, const std::filesystem::path& path, const ImportOptions& options) {
  return import_model(parse(bytes, path), path, options);
}

ModelCheck check_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  return check_model(read_model(path), path, options);
}

ModelCheck check_onnx_bytes(const std::string& bytes, const std::filesystem::path& path, const ImportOptions& options) {
  return check_model(parse(bytes, path), path, options);
}

}  // namespace tilewright::graph
