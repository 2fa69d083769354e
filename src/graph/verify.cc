#include <fmt/ranges.h>

#include "base/shape_text.h"
#include "graph/graph.h"

namespace tilewright::graph {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph)
      : graph_(graph), computed_(static_cast<std::size_t>(graph.num_tensors()), false) {}

  Status run() {
    for (const GraphPort& port : graph_.inputs()) define(port.tensor, "input " + port.name);
    for (TensorId id = 0; id < graph_.num_tensors(); ++id)
      if (graph_.tensor(id).is_constant()) check_constant(id);
    for (const Node& node : graph_.nodes()) check(node);
    for (const GraphPort& port : graph_.outputs())
      if (!is_computed(port.tensor)) error("output {} is t{}, which nothing computes", port.name, port.tensor);
    if (errors_.empty()) return {};
    return Failure{fmt::format("{}", fmt::join(errors_, "\n"))};
  }

 private:
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) {
    errors_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  bool exists(TensorId id) const { return id >= 0 && id < graph_.num_tensors(); }
  bool is_computed(TensorId id) const { return exists(id) && computed_[static_cast<std::size_t>(id)]; }

  void define(TensorId id, const std::string& by) {
    if (!exists(id)) return error("{} is t{}, which is not there", by, id);
    if (is_computed(id)) error("{} is t{}, which is computed already", by, id);
    computed_[static_cast<std::size_t>(id)] = true;
  }

  void check_constant(TensorId id) {
    define(id, "constant " + graph_.tensor(id).name);
    const runtime::Tensor& value = *graph_.tensor(id).constant;
    if (value.type() != graph_.type(id).type || value.shape() != graph_.shape(id))
      error("constant t{} is said to be {} [{}], but its value is {} [{}]", id,
            tilewright::to_text(graph_.type(id).type), shape_text(graph_.shape(id)), tilewright::to_text(value.type()),
            shape_text(value.shape()));
  }

  void check(const Node& node) {
    const std::string name = fmt::format("{} '{}'", name_of(node.op), node.name);
    std::vector<TensorType> types;
    for (const TensorId id : node.inputs) {
      if (!is_computed(id)) return error("{} reads t{}, which nothing before it computes", name, id);
      types.push_back(graph_.type(id));
    }
    define(node.output, name);
    if (!exists(node.output)) return;
    const Result<TensorType> type = infer(node.op, types);
    if (!type) return error("{}: {}", name, type.message());
    const TensorType& said = graph_.type(node.output);
    if (*type != said)
      error("{} makes {} [{}], but t{} is said to be {} [{}]", name, tilewright::to_text(type->type),
            shape_text(type->shape), node.output, tilewright::to_text(said.type), shape_text(said.shape));
  }

  const Graph& graph_;
  std::vector<bool> computed_;  ///< per tensor: an input, a constant or the result of a node that was checked
  std::vector<std::string> errors_;
};

}  // namespace

Status verify(const Graph& graph) { return Verifier(graph).run(); }

}  // namespace tilewright::graph
