#include "driver/input.h"

#include <filesystem>

#include "runtime/model/model.h"
#include "workload/workload.h"

namespace tilewright::driver {
namespace {

/// "conv_56", "matmul:n=64,m=64,k=64", or what was meant to be one: a word, a colon, and nothing that looks like a
/// path.
bool looks_like_workload(const std::string& input) {
  const std::size_t colon = input.find(':');
  const bool has_form = colon != std::string::npos && colon > 0 && input.find_first_of("/\\. ") > colon;
  return has_form || workload::looks_like_workload(input);
}

}  // namespace

InputKind kind_of(const std::string& input) {
  if (runtime::Model::is_model_file(input)) return InputKind::compiled;
  std::error_code error;
  const bool exists = std::filesystem::exists(input, error);
  return !exists && looks_like_workload(input) ? InputKind::workload : InputKind::onnx;
}

graph::Network read_network(const std::string& input, const graph::ImportOptions& import) {
  switch (kind_of(input)) {
    case InputKind::onnx:
      break;
    case InputKind::compiled:
      throw Error(Code::bad_input, "{} is a compiled model; this needs the ONNX file that it was made from", input);
    case InputKind::workload:
      throw Error(Code::bad_input, "{} is a workload, not a network; this needs an ONNX file", input);
  }
  return graph::import_onnx(input, import);
}

graph::ModelCheck check_model(const std::string& input, const graph::ImportOptions& import) {
  if (kind_of(input) == InputKind::workload) {
    graph::ModelCheck check;
    check.operators[workload::parse(input).spec] = 1;
    return check;
  }
  if (kind_of(input) != InputKind::compiled) return graph::check_onnx(input, import);
  const runtime::Model model = runtime::Model::load(input);
  graph::ModelCheck check;
  check.operators["compiled kernel"] = static_cast<int>(model.plan().calls.size());
  check.notes.push_back("a compiled model for " + model.plan().target);
  return check;
}

}  // namespace tilewright::driver
