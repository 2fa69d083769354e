#include <algorithm>

#include "base/error.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "driver/input.h"

namespace tilewright::cli {
namespace {

nlohmann::json to_json(const graph::ModelCheck& check) {
  nlohmann::json missing = nlohmann::json::array();
  for (const graph::MissingFeature& m : check.missing)
    missing.push_back(
        {{"op", m.op}, {"domain", m.domain}, {"opset", m.opset}, {"nodes", m.nodes}, {"reason", m.reason}});
  return {{"supported", check.supported()},
          {"missing", std::move(missing)},
          {"operators", check.operators},
          {"notes", check.notes}};
}

/// "conv1, conv2, conv3 and 12 more".
std::string some_of(const std::vector<std::string>& nodes) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, nodes.size()); ++i) text += (i > 0 ? ", " : "") + nodes[i];
  return nodes.size() > kShown ? fmt::format("{} and {} more", text, nodes.size() - kShown) : text;
}

void print_text(const std::string& model, const graph::ModelCheck& check, bool verbose) {
  for (const std::string& note : check.notes) fmt::print("note: {}\n", note);
  int nodes = 0;
  for (const auto& [op, count] : check.operators) nodes += count;
  if (check.supported())
    fmt::print("{} can be compiled: {} nodes, {} different operators\n", model, nodes, check.operators.size());
  if (verbose)
    for (const auto& [op, count] : check.operators) fmt::print("{:6} {}\n", count, op);
  if (check.supported()) return;
  fmt::print("{} cannot be compiled, {} thing{} missing:\n", model, check.missing.size(),
             check.missing.size() == 1 ? " is" : "s are");
  for (const graph::MissingFeature& m : check.missing)
    fmt::print("  {}{}{} (opset {}): {}\n      in {}\n", m.domain, m.domain.empty() ? "" : ".", m.op, m.opset, m.reason,
               some_of(m.nodes));
}

}  // namespace

Action declare_check(CLI::App& command) {
  const auto model = std::make_shared<ModelArguments>();
  add_model_arguments(command, "MODEL", *model);
  return [model](const Common& common) {
    const graph::ModelCheck check = driver::check_model(model->input, model->import);
    if (common.json)
      print_json(to_json(check));
    else
      print_text(model->input, check, common.verbosity > 0);
    return check.supported() ? 0 : static_cast<int>(Code::bad_input);
  };
}

}  // namespace tilewright::cli
