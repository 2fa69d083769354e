#include "te/access.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "te/fold.h"

namespace tilewright::te {
namespace {

/// Position among the spatial axes of `op` when `e` is that axis, the axis plus a constant, or the axis minus one; -1
/// for anything else.
int shifted_axis(const Operation& op, const Expr& e) {
  if (const AxisIndex* index = as<AxisIndex>(e)) {
    const auto found = std::find(op.axes.begin(), op.axes.end(), index->axis);
    return found == op.axes.end() ? -1 : static_cast<int>(found - op.axes.begin());
  }
  const Binary* shift = as<Binary>(e);
  if (!shift) return -1;
  const bool sub = shift->op == BinaryOp::sub, add = shift->op == BinaryOp::add;
  if ((add || sub) && as<AxisIndex>(shift->a) && integer_value(shift->b)) return shifted_axis(op, shift->a);
  if (add && integer_value(shift->a) && as<AxisIndex>(shift->b)) return shifted_axis(op, shift->b);
  return -1;
}

/// One access of `op`, looked at by the rules of docs/ansor.md §1.2.
struct AccessShape {
  bool simple = true;
  bool axis_missing = false, axis_duplicated = false, same_order = true;
};

AccessShape shape_of(const Operation& op, const std::vector<Expr>& indices) {
  AccessShape shape;
  std::vector<int> uses(op.axes.size());
  int last = -1;
  for (const Expr& index : indices) {
    if (integer_value(index)) continue;
    const int axis = shifted_axis(op, index);
    if (axis < 0) {
      shape.simple = false;
      return shape;
    }
    ++uses[static_cast<std::size_t>(axis)];
    shape.same_order = shape.same_order && axis >= last;
    last = axis;
  }
  shape.axis_missing = std::count(uses.begin(), uses.end(), 0) > 0;
  shape.axis_duplicated = std::any_of(uses.begin(), uses.end(), [](int n) { return n > 1; });
  return shape;
}

template <class Predicate>
bool contains(const Expr& e, const Predicate& predicate) {
  bool found = predicate(e);
  for_each_child(e, [&](const Expr& child) { found = found || contains(child, predicate); });
  return found;
}

bool has_branch(const Expr& body) {
  return contains(body, [](const Expr& e) { return as<Select>(e) != nullptr; });
}

/// Only exp counts, as in Ansor: tanh, erf, log and the like do not.
bool has_exp(const Expr& body) {
  return contains(body, [](const Expr& e) { return as<Unary>(e) && as<Unary>(e)->op == UnaryOp::exp; });
}

void collect_axes(const Expr& e, std::set<const Axis*>& axes) {
  if (const AxisIndex* index = as<AxisIndex>(e)) axes.insert(index->axis.get());
  for_each_child(e, [&](const Expr& child) { collect_axes(child, axes); });
}

using Accesses = std::vector<std::vector<Expr>>;

/// Some spatial axis with more than one iteration does not choose what is read: iterations along it read the same.
bool reuses(const Operation& op, const Accesses& accesses) {
  std::set<const Axis*> used;
  for (const std::vector<Expr>& indices : accesses)
    for (const Expr& index : indices) collect_axes(index, used);
  return std::any_of(op.axes.begin(), op.axes.end(),
                     [&](const AxisRef& axis) { return axis->extent > 1 && !used.contains(axis.get()); });
}

bool one_simple_access_per_element(const Operation& op, const Accesses& accesses) {
  if (accesses.empty()) return true;
  const auto text = [](const std::vector<Expr>& indices) {
    std::string joined;
    for (const Expr& index : indices) joined += to_text(index) + ",";
    return joined;
  };
  const bool all_equal = std::all_of(accesses.begin(), accesses.end(),
                                     [&](const auto& indices) { return text(indices) == text(accesses[0]); });
  return all_equal && shape_of(op, accesses[0]).simple && !reuses(op, accesses);
}

/// Leading dimensions that both sides walk in step, up to a constant shift.
int common_outer_iterators(const Operation& consumer, const Operation& producer, const Accesses& accesses) {
  const std::size_t rank = std::min(consumer.shape.size(), producer.shape.size());
  for (std::size_t d = 0; d < rank; ++d) {
    const bool in_step = std::all_of(accesses.begin(), accesses.end(), [&](const std::vector<Expr>& indices) {
      return shifted_axis(consumer, indices[d]) == static_cast<int>(d);
    });
    if (consumer.shape[d] != producer.shape[d] || !in_step) return static_cast<int>(d);
  }
  return static_cast<int>(rank);
}

}  // namespace

AccessAnalysis::AccessAnalysis(const DagRef& dag) : dag_(dag) {
  const std::size_t n = dag->ops().size();
  facts_.resize(n);
  accesses_.assign(n, std::vector<Accesses>(n));
  for (std::size_t i = 0; i < n; ++i) {
    const Operation& op = *dag->ops()[i];
    if (op.is_placeholder()) {
      facts_[i].simple_access = true;
      continue;
    }
    for (const Load* load : loads_of(op.body))
      accesses_[i][index(dag->index_of(load->tensor.get()))].push_back(load->indices);
    facts_[i] = facts_of(static_cast<int>(i));
  }
}

AccessAnalysis::Facts AccessAnalysis::facts_of(int i) const {
  const Operation& op = *dag_->ops()[index(i)];
  Facts facts{.simple_access = true, .strictly_inlineable = true, .injective = op.reduce_axes.empty()};
  int reused = 0;
  for (int producer : dag_->reads(i)) {
    const Accesses& accesses = this->accesses(i, producer);
    for (const std::vector<Expr>& indices : accesses) {
      const AccessShape shape = shape_of(op, indices);
      facts.simple_access = facts.simple_access && shape.simple;
      facts.strictly_inlineable =
          facts.strictly_inlineable && shape.simple && shape.same_order && !shape.axis_duplicated;
    }
    facts.injective = facts.injective && one_simple_access_per_element(op, accesses);
    reused += reuses(op, accesses) ? 1 : 0;
  }
  if (!dag_->reads(i).empty())  // an operation that reads nothing costs its readers nothing but arithmetic
    facts.strictly_inlineable = facts.strictly_inlineable && !has_branch(op.body) && !has_exp(op.body);
  facts.needs_multi_level_tiling = (reused >= 2 || (reused >= 1 && !op.reduce_axes.empty())) &&
                                   !op.attributes.contains("auto_scheduler_simplify_const_tensor_indices");
  return facts;
}

const std::vector<std::vector<Expr>>& AccessAnalysis::accesses(int consumer, int producer) const {
  return accesses_[index(consumer)][index(producer)];
}

int AccessAnalysis::num_common_outer_iterators(int op, int target) const {
  constexpr int kUnreached = std::numeric_limits<int>::max();
  std::vector<int> common(dag_->ops().size(), kUnreached);  // the least along any path from op
  common[index(op)] = static_cast<int>(dag_->ops()[index(op)]->shape.size());
  for (int i = op + 1; i <= target; ++i) {
    for (int producer : dag_->reads(i)) {
      if (common[index(producer)] == kUnreached) continue;
      const int step =
          common_outer_iterators(*dag_->ops()[index(i)], *dag_->ops()[index(producer)], accesses(i, producer));
      common[index(i)] = std::min({common[index(i)], common[index(producer)], step});
    }
  }
  return common[index(target)] == kUnreached ? 0 : common[index(target)];
}

bool AccessAnalysis::elementwise_match(int op, int target) const {
  for (int current = op; current != target;) {
    if (dag_->readers(current).size() != 1) return false;
    const int next = dag_->readers(current)[0];
    const Operation& producer = *dag_->ops()[index(current)];
    const Operation& consumer = *dag_->ops()[index(next)];
    if (producer.is_placeholder() || producer.shape != consumer.shape) return false;
    for (const std::vector<Expr>& indices : accesses(next, current)) {
      const AccessShape shape = shape_of(consumer, indices);
      if (!shape.simple || shape.axis_missing || shape.axis_duplicated || !shape.same_order) return false;
    }
    current = next;
  }
  return true;
}

}  // namespace tilewright::te
