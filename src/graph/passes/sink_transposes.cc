#include <algorithm>
#include <numeric>

#include "base/integer.h"
#include "base/match.h"
#include "graph/passes.h"
#include "graph/passes/sink_through_reshape.h"
#include "graph/rewrite.h"

namespace tilewright::graph {
namespace {

using Order = std::vector<int>;

Order inverse(const Order& order) {
  Order result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[at(order[i])] = static_cast<int>(i);
  return result;
}

/// A list with one entry per dimension of the transposed tensor, as one for the tensor before.
template <class List>
List before_transpose(const List& list, const Order& order) {
  List result(list.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[at(order[i])] = list[i];
  return result;
}

/// The new inputs of one node, and the transposes among what computes them.
class Sinker {
 public:
  Sinker(Rewriter& rewriter, const Node& node)
      : after_(rewriter.after()), node_(node), inputs_(rewriter.moved_inputs(node)) {
    for (const TensorId id : inputs_)
      if (const auto* transpose = produced_by<Transpose>(after_, id); transpose && order_.empty())
        order_ = transpose->order;
  }

  /// The node on what comes before its transposes, transposed afterwards; nothing if it must stay where it is.
  std::optional<TensorId> run() {
    if (order_.empty()) return std::nullopt;
    return match_variant(node_.op, [this](const auto& op) { return sink(op); });
  }

 private:
  std::optional<TensorId> sink(const Transpose& op) {
    Order order;
    for (const int d : op.order) order.push_back(order_[at(d)]);
    if (std::is_sorted(order.begin(), order.end())) return source(0);
    return after_.add(Transpose{order}, {source(0)}, node_.name);
  }
  std::optional<TensorId> sink(const Reshape& op) {
    return sink_through_reshape(after_, source(0), order_, op.shape, node_.name);
  }
  std::optional<TensorId> sink(const Concat& op) { return below(Concat{order_[at(op.axis)]}); }
  std::optional<TensorId> sink(const Softmax& op) { return below(Softmax{order_[at(op.axis)], op.log}); }
  std::optional<TensorId> sink(CumSum op) {
    op.axis = order_[at(op.axis)];
    return below(op);
  }
  std::optional<TensorId> sink(Lrn op) {
    op.axis = order_[at(op.axis)];
    return below(op);
  }
  std::optional<TensorId> sink(const Pad& op) {
    return below(Pad{before_transpose(op.begin, order_), before_transpose(op.end, order_), op.value});
  }
  std::optional<TensorId> sink(const Slice& op) {
    return below(Slice{before_transpose(op.starts, order_), before_transpose(op.steps, order_),
                       before_transpose(op.shape, order_)});
  }
  std::optional<TensorId> sink(Reduce op) {
    Order kept;  // of the order, the dimensions that are left
    for (std::size_t d = 0; d < order_.size(); ++d)
      if (std::find(op.axes.begin(), op.axes.end(), static_cast<int>(d)) == op.axes.end()) kept.push_back(order_[d]);
    for (int& axis : op.axes) axis = order_[at(axis)];
    std::sort(op.axes.begin(), op.axes.end());
    const TensorId reduced = after_.add(op, {source(0)}, node_.name);
    if (op.keep_dims) return after_.add(Transpose{order_}, {reduced}, node_.name);
    Order ranks;  // of each dimension that is left, among those
    for (const int d : kept)
      ranks.push_back(static_cast<int>(std::count_if(kept.begin(), kept.end(), [d](int other) { return other < d; })));
    return std::is_sorted(ranks.begin(), ranks.end()) ? reduced : after_.add(Transpose{ranks}, {reduced}, node_.name);
  }
  template <class Other>
  std::optional<TensorId> sink(const Other& op) {
    if (!is_elementwise(op)) return std::nullopt;
    return below(op);
  }

  TensorId source(std::size_t i) const { return after_.producer(inputs_[i])->inputs[0]; }

  /// `op` on the sources of all inputs, then the transpose; nothing if an input is not transposed like the others.
  std::optional<TensorId> below(const Op& op) {
    const std::size_t rank = order_.size();
    std::vector<TensorId> sources;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const auto* transpose = produced_by<Transpose>(after_, inputs_[i]);
      if (transpose && transpose->order == order_) {
        sources.push_back(source(i));
        continue;
      }
      Shape shape = after_.shape(inputs_[i]);
      if (!after_.tensor(inputs_[i]).is_constant() || shape.size() > rank) return std::nullopt;
      shape.insert(shape.begin(), rank - shape.size(), 1);
      const TensorId full = after_.add(Reshape{shape}, {inputs_[i]}, after_.tensor(inputs_[i]).name);
      sources.push_back(after_.add(Transpose{inverse(order_)}, {full}, after_.tensor(inputs_[i]).name));
    }
    return after_.add(Transpose{order_}, {after_.add(op, sources, node_.name)}, node_.name);
  }

  Graph& after_;
  const Node& node_;
  std::vector<TensorId> inputs_;
  Order order_;
};

}  // namespace

Graph sink_transposes(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) { return Sinker(rewriter, node).run(); });
}

}  // namespace tilewright::graph
