#pragma once

#include <span>
#include <vector>

#include "te/interpreter.h"

namespace tilewright::te {

/// Functions of real numbers, in double. InternalError for operations on integers or bool, and for comparisons.
double apply(UnaryOp op, double a);
double apply(BinaryOp op, double a, double b);

/// The body of one compute operation, flattened once, evaluated for any point. Floats are computed in double without
/// rounding in between; integers wrap at every operation (te/fold.h). A maximum or minimum of NaN and anything is NaN,
/// as in ONNX.
class Evaluator {
 public:
  /// `tensors[i]` holds the elements of `dag.ops()[i]`, computed before the first evaluation; both must outlive this.
  Evaluator(const Dag& dag, int op, const std::vector<Array>& tensors);

  /// The value of the body at `point` (one index per spatial axis), rounded to the tensor's type.
  Number operator()(std::span<const std::int64_t> point);

 protected:
  struct Node {
    Expr expr;                  ///< what to do
    std::vector<int> operands;  ///< nodes, in the order of for_each_child
    int slot = -1;              ///< axis: position in point_; load: position in tensors_
  };
  /// Moves to `point`, and to the start of the reduction.
  void move_to(std::span<const std::int64_t> point);
  bool next_reduction_point();

  Number value(int node) const;        ///< of any type
  double real(int node) const;         ///< of a float node
  std::int64_t whole(int node) const;  ///< of an integer or bool node
  /// Row-major position of the element that is loaded, checked against the bounds.
  std::size_t offset(const Node& node, const Load& load) const;
  const Array& loaded(const Node& node) const { return tensors_[static_cast<std::size_t>(node.slot)]; }
  const Node& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }
  int operand(const Node& node, std::size_t i) const { return node.operands[i]; }
  bool is_real(int node) const { return is_float(at(node).expr.type()); }

  const Operation& op_;
  const std::vector<Array>& tensors_;
  std::vector<Node> nodes_;
  int root_ = -1;                    ///< the body, or the source of its reduction
  std::vector<std::int64_t> point_;  ///< spatial axes, then reduction axes

 private:
  int flatten(const Dag& dag, const Expr& e);
  Number evaluate_reduction(const Reduce& reduction);
  std::int64_t whole_binary(const Node& node, const Binary& binary) const;
};

}  // namespace tilewright::te
