#include "workload/workload.h"

#include <algorithm>

#include "base/error.h"
#include "workload/operator.h"

namespace tilewright::workload {
namespace {

constexpr double kMostElements = 2147483647.0;  ///< of a tensor: indices have 32 bits

const std::vector<const Operator*>& operators() {
  static const std::vector<const Operator*> kOperators = [] {
    std::vector<const Operator*> all;
    for (const auto& group : {convolutions(), products(), reductions(), elementwise_chains(), winograd()})
      for (const Operator& op : group) all.push_back(&op);
    return all;
  }();
  return kOperators;
}

const Operator* find_operator(std::string_view name) {
  const auto found =
      std::find_if(operators().begin(), operators().end(), [&](const Operator* op) { return op->name == name; });
  return found == operators().end() ? nullptr : *found;
}

const Named* find_named(std::string_view name) {
  const auto& all = named_workloads();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& named) { return named.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string operator_names() {
  std::string names;
  for (const Operator* op : operators()) names += fmt::format("{}{}", names.empty() ? "" : ", ", op->name);
  return names;
}

/// Of every operator: whether all inputs but the first are known when a schedule is compiled, as weights are.
const Key kConstant{.name = "constant", .by_default = 0, .least = 0, .quiet = true};

te::DagRef with_constants(const te::Dag& dag) {
  std::vector<std::pair<const te::Operation*, te::Tensor>> replacements;
  const std::vector<te::Tensor> inputs = dag.inputs();
  for (std::size_t i = 1; i < inputs.size(); ++i)
    replacements.emplace_back(inputs[i].op().get(),
                              te::constant_placeholder(inputs[i].shape(), inputs[i]->name, inputs[i].type()));
  return te::replace(dag, replacements);
}

void check_sizes(std::string_view text, const te::Dag& dag) {
  for (const auto& op : dag.ops()) {
    double elements = 1;
    for (std::int64_t extent : op->shape) elements *= static_cast<double>(extent);
    if (elements > kMostElements)
      throw Error(Code::bad_input, "workload {}: tensor {} has {:.3g} elements; at most {:.0f} can be indexed", text,
                  op->name, elements, kMostElements);
  }
}

}  // namespace

Workload parse(std::string_view text) {
  const Named* named = find_named(text);
  const std::string_view spec = named ? named->spec : text;
  const std::size_t colon = std::min(spec.find(':'), spec.size());
  const Operator* op = find_operator(spec.substr(0, colon));
  if (!op)
    throw Error(Code::bad_input, "workload {}: '{}' is neither a named workload nor an operator; operators: {}", text,
                spec.substr(0, colon), operator_names());
  std::vector<Key> keys = op->keys;
  keys.push_back(kConstant);
  const Arguments arguments(text, spec.substr(std::min(colon + 1, spec.size())), keys);
  te::DagRef dag;
  try {
    dag = op->make(arguments);
    if (arguments[kConstant.name] != 0) dag = with_constants(*dag);
  } catch (const Error& error) {
    throw Error(Code::bad_input, "workload {}: {}", text, error.what());
  }
  check_sizes(text, *dag);
  return {std::string(text), fmt::format("{}:{}", op->name, arguments.to_text()), std::move(dag)};
}

bool looks_like_workload(std::string_view text) {
  const std::size_t colon = text.find(':');
  return find_named(text) || (colon != std::string_view::npos && find_operator(text.substr(0, colon)));
}

std::vector<std::string> operator_usages() {
  std::vector<std::string> usages;
  for (const Operator* op : operators()) {
    std::string usage = fmt::format("{}:", op->name);
    for (const Key& key : op->keys) {
      usage += fmt::format("{}{}", usage.back() == ':' ? "" : ",", key.name);
      if (!key.follows.empty()) usage += fmt::format("[={}]", key.follows);
      if (key.by_default >= 0) usage += fmt::format("[={}]", key.by_default);
    }
    usages.push_back(usage);
  }
  return usages;
}

}  // namespace tilewright::workload
