#include "graph/partition.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "base/fill_input.h"
#include "base/integer.h"
#include "graph/array.h"
#include "graph/express.h"
#include "graph/fusion.h"
#include "te/are_read.h"
#include "te/short_sums.h"

namespace tilewright::graph {
namespace {

/// Weights that take more than this together are not in the caches any more when a run comes back to them: half of a
/// usual last-level cache (a heuristic; the target's caches are not known here).
constexpr std::int64_t kMostCachedBytes = std::int64_t{16} << 20;

std::int64_t bytes_of_constants(const Graph& graph) {
  std::int64_t bytes = 0;
  for (TensorId id = 0; id < graph.num_tensors(); ++id)
    if (graph.tensor(id).is_constant()) bytes += product(graph.shape(id)) * bytes_of(graph.type(id).type);
  return bytes;
}

/// A transposition of as few dimensions as say the same: those that stay neighbours are one, those of one element none.
struct MergedTranspose {
  Shape shape;  ///< of the input
  std::vector<int> order;
};
MergedTranspose merged(const Transpose& op, const Shape& shape) {
  std::vector<int> order;
  std::copy_if(op.order.begin(), op.order.end(), std::back_inserter(order),
               [&](int d) { return shape[static_cast<std::size_t>(d)] != 1; });
  std::vector<int> kept = order;  // dimensions of more than one element, as they lie in memory
  std::sort(kept.begin(), kept.end());
  const auto place = [&](int d) { return std::find(kept.begin(), kept.end(), d) - kept.begin(); };
  std::vector<std::ptrdiff_t> firsts;  // of each run of neighbours, in the order of the output
  std::map<std::ptrdiff_t, std::int64_t> lengths;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || place(order[i]) != place(order[i - 1]) + 1) {
      firsts.push_back(place(order[i]));
      lengths[firsts.back()] = 1;
    }
    lengths[firsts.back()] *= shape[static_cast<std::size_t>(order[i])];
  }
  MergedTranspose result;
  for (const auto& [first, length] : lengths) result.shape.push_back(length);
  for (const std::ptrdiff_t first : firsts)
    result.order.push_back(static_cast<int>(std::distance(lengths.begin(), lengths.find(first))));
  return result;
}

/// One group as a DAG, and the tensors that its inputs stand for.
class GroupExpression {
 public:
  GroupExpression(const Graph& graph, const Group& group) : graph_(graph) {
    const Node& first = graph.nodes()[static_cast<std::size_t>(group.nodes[0])];
    if (const auto* transpose = std::get_if<Transpose>(&first.op); transpose && group.nodes.size() == 1) {
      express_merged(*transpose, first);
      return;
    }
    for (const int i : group.nodes) {
      const Node& node = graph.nodes()[static_cast<std::size_t>(i)];
      std::vector<Operand> operands;
      for (const TensorId id : in_canonical_order(node)) operands.push_back(operand(id, may_hold_scalars(node)));
      tensors_[node.output] = express(node.op, operands);
      last_ = tensors_[node.output];
    }
    te::drop_unread(placeholders_, inputs_, last_);  // a constant may decide alone: a condition, a factor of 0
  }
  const std::vector<TensorId>& inputs() const { return inputs_; }
  /// Positions of the inputs that are constants.
  std::vector<int> constants() const {
    std::vector<int> positions;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (graph_.tensor(inputs_[i]).is_constant()) positions.push_back(static_cast<int>(i));
    return positions;
  }
  te::DagRef dag() const {
    std::vector<te::Tensor> arguments = placeholders_;
    arguments.push_back(last_);
    return te::shorten_sums(te::Dag::make(arguments));
  }

 private:
  /// A transposition alone: memory is all that matters of shapes, and few long loops are better than many.
  void express_merged(const Transpose& op, const Node& node) {
    const MergedTranspose merged_op = merged(op, graph_.shape(node.inputs[0]));
    inputs_ = node.inputs;
    placeholders_.push_back(te::placeholder(merged_op.shape, "p0", graph_.type(node.inputs[0]).type));
    last_ = express(Transpose{merged_op.order}, std::array{Operand{placeholders_[0], std::nullopt, {}}});
  }

  /// Sums and products of the same kind read what the group computes first, so that they are equal tasks.
  std::vector<TensorId> in_canonical_order(const Node& node) const {
    std::vector<TensorId> inputs = node.inputs;
    const auto* binary = std::get_if<Binary>(&node.op);
    if (binary && (binary->op == te::BinaryOp::add || binary->op == te::BinaryOp::mul) && is_computed_here(inputs[1]) &&
        !is_computed_here(inputs[0]))
      std::swap(inputs[0], inputs[1]);
    return inputs;
  }
  bool is_computed_here(TensorId id) const {
    const auto known = tensors_.find(id);
    return known != tensors_.end() && !known->second->is_placeholder();
  }

  /// Constants of one element may stand in the node's expression: a tensor has all dimensions of the result already.
  bool may_hold_scalars(const Node& node) const {
    return is_elementwise(node.op) && std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
             return !is_scalar(id) && graph_.shape(id).size() == graph_.shape(node.output).size();
           });
  }
  bool is_scalar(TensorId id) const {
    return graph_.tensor(id).is_constant() && graph_.tensor(id).constant->elements() == 1;
  }

  Operand operand(TensorId id, bool may_be_scalar) {
    const TensorInfo& tensor = graph_.tensor(id);
    if (may_be_scalar && is_scalar(id)) return {{}, element(*tensor.constant, 0), tensor.type.type};
    const auto known = tensors_.find(id);
    if (known != tensors_.end()) return {known->second, std::nullopt, tensor.type.type};
    const auto make = tensor.is_constant() ? &te::constant_placeholder : &te::placeholder;
    placeholders_.push_back(make(tensor.type.shape, fmt::format("p{}", inputs_.size()), tensor.type.type));
    inputs_.push_back(id);
    tensors_[id] = placeholders_.back();
    return {placeholders_.back(), std::nullopt, tensor.type.type};
  }

  const Graph& graph_;
  std::map<TensorId, te::Tensor> tensors_;
  std::vector<te::Tensor> placeholders_;
  std::vector<TensorId> inputs_;
  te::Tensor last_;
};

/// A value for a constant that has none: seeded random numbers, as the tuner measures with.
runtime::Tensor random_constant(const te::Operation& op, int argument) {
  constexpr std::uint64_t kSeed = 1;
  runtime::Tensor tensor(op.type, op.shape);
  fill_input(op.type, tensor.data(), tensor.elements(), kSeed, argument);
  return tensor;
}

}  // namespace

Partition partition(const Graph& graph) {
  Partition result{graph, {}, {}, Views(graph)};
  std::map<std::string, int> task_of_key;
  const bool weights_are_cold = bytes_of_constants(graph) > kMostCachedBytes;
  for (const Group& group : fuse(graph, result.views)) {
    const GroupExpression expression(graph, group);
    task::Task task = task::make_task(expression.dag(), describe(graph, group));
    if (weights_are_cold) task.flushed_arguments = expression.constants();
    const auto [entry, is_new] = task_of_key.emplace(task.key, static_cast<int>(result.tasks.size()));
    if (is_new)
      result.tasks.push_back(std::move(task));
    else
      ++result.tasks[static_cast<std::size_t>(entry->second)].count;
    const Node& last = graph.nodes()[static_cast<std::size_t>(group.nodes.back())];
    result.calls.push_back({entry->second, expression.inputs(), last.output, last.name, group.nodes});
  }
  return result;
}

Partition single_task(te::DagRef dag, std::string description) {
  Partition result;
  TaskCall call{0, {}, -1, description, {}};
  for (const te::Tensor& input : dag->inputs()) {
    const auto position = static_cast<int>(call.inputs.size());
    call.inputs.push_back(input->is_constant()
                              ? result.graph.add_constant(input->name, random_constant(*input, position))
                              : result.graph.add_input(input->name, {input->type, input.shape()}));
  }
  TW_CHECK(dag->outputs().size() == 1, "{} has {} outputs", description, dag->outputs().size());
  const te::Tensor output = dag->outputs()[0];
  call.output = result.graph.add_result(output->name, {output->type, output.shape()});
  result.graph.add_output(output->name, call.output);
  result.calls.push_back(std::move(call));
  result.tasks.push_back(task::make_task(std::move(dag), std::move(description)));
  return result;
}

}  // namespace tilewright::graph
