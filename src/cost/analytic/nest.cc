#include "cost/analytic/nest.h"

#include <utility>

namespace tilewright::cost {
namespace {

/// Cycles per vector of a math function: between what a polynomial and what a library call takes.
constexpr double kCallCycles = 16;
/// Cycles per vector of a division or root, typical of 512-bit units.
constexpr double kDivisionCycles = 8;

/// How often a branch with an alternative is taken: the first side is the inner of an image, the second its border.
constexpr double kThenShare = 0.9;

class Flattener {
 public:
  explicit Flattener(const loop::Program& program) : program_(program), seen_(program.values.size(), -1) {
    nest_.program = &program;
    nest_.loops.push_back({});
  }

  Nest run() {
    block(program_.body, 0);
    return std::move(nest_);
  }

 private:
  void block(const loop::Block& statements, int parent) {
    for (const loop::Stmt& statement : statements)
      match_variant(
          statement.kind, [&](const loop::For& loop) { enter(loop, parent); },
          [&](const loop::If& branch) { choose(branch, parent); },
          [&](const loop::Store& store) { leaf(store, parent); }, [](const loop::Allocate&) {});
  }

  void choose(const loop::If& branch, int parent) {
    const double share = share_;
    const int conditions = conditions_;
    conditions_ += static_cast<int>(branch.conditions.size());
    share_ = branch.otherwise.empty() ? share : share * kThenShare;
    block(branch.then, parent);
    share_ = share * (1 - kThenShare);
    block(branch.otherwise, parent);
    conditions_ = conditions;
    share_ = share;
  }

  void enter(const loop::For& loop, int parent) {
    const NestLoop& outer = nest_.loops[static_cast<std::size_t>(parent)];
    const std::int64_t extent = loop.end - loop.begin;
    const int id = static_cast<int>(nest_.loops.size());
    const double trips = outer.trips * share_ * static_cast<double>(extent);
    nest_.loops.push_back({loop.var, extent, loop.kind, loop.reduction, parent, outer.depth + 1, trips});
    const double share = std::exchange(share_, 1);
    block(loop.body, id);
    share_ = share;
  }

  void leaf(const loop::Store& store, int parent) {
    const int first = static_cast<int>(nest_.accesses.size());
    const int id = static_cast<int>(nest_.leaves.size());
    nest_.accesses.push_back({store.buffer, true, &store.indices, id});
    Leaf leaf{parent, store.update, bytes_of(program_.buffer(store.buffer).type), {}, conditions_, share_, first, 0};
    visit(store.value, leaf);
    leaf.end_access = static_cast<int>(nest_.accesses.size());
    nest_.leaves.push_back(leaf);
  }

  /// Counts a value once, however often the statement uses it.
  void visit(loop::ValueId id, Leaf& leaf) {
    const int leaf_id = static_cast<int>(nest_.leaves.size());
    if (seen_[static_cast<std::size_t>(id)] == leaf_id) return;
    seen_[static_cast<std::size_t>(id)] = leaf_id;
    match_variant(
        program_.value(id).kind, [](const loop::ConstantValue&) {}, [](const loop::IndexValue&) {},
        [&](const loop::NonNegative&) { leaf.ops.simple += 1; },
        [&](const loop::LoadValue& load) { nest_.accesses.push_back({load.buffer, false, &load.indices, leaf_id}); },
        [&](const loop::UnaryValue& v) { unary(v, leaf); }, [&](const loop::BinaryValue& v) { binary(v, leaf); },
        [&](const loop::SelectValue& v) {
          leaf.ops.simple += 1;
          visit(v.condition, leaf), visit(v.on_true, leaf), visit(v.on_false, leaf);
        },
        [&](const loop::CastValue& v) {
          leaf.ops.simple += 1;
          visit(v.a, leaf);
        });
  }

  void unary(const loop::UnaryValue& v, Leaf& leaf) {
    using te::UnaryOp;
    switch (v.op) {
      case UnaryOp::neg:
      case UnaryOp::abs:
      case UnaryOp::logical_not:
      case UnaryOp::floor:
      case UnaryOp::ceil:
      case UnaryOp::round:
        leaf.ops.simple += 1;
        break;
      case UnaryOp::sqrt:
      case UnaryOp::rsqrt:
        leaf.ops.slow += kDivisionCycles;
        break;
      default:
        leaf.ops.slow += kCallCycles;
    }
    visit(v.a, leaf);
  }

  void binary(const loop::BinaryValue& v, Leaf& leaf) {
    using te::BinaryOp;
    const bool sum = v.op == BinaryOp::add || v.op == BinaryOp::sub;
    if (sum && (is_product(v.a) || is_product(v.b))) {
      leaf.ops.fused += 1;
      leaf.ops.simple -= 1;  // the product is counted when it is visited
    } else if (v.op == BinaryOp::div || v.op == BinaryOp::floor_div || v.op == BinaryOp::floor_mod) {
      leaf.ops.slow += kDivisionCycles;
    } else if (v.op == BinaryOp::pow || v.op == BinaryOp::fmod) {
      leaf.ops.slow += 2 * kCallCycles;
    } else {
      leaf.ops.simple += 1;
    }
    visit(v.a, leaf), visit(v.b, leaf);
  }

  bool is_product(loop::ValueId id) const {
    const auto* v = std::get_if<loop::BinaryValue>(&program_.value(id).kind);
    return v && v->op == te::BinaryOp::mul && is_float(program_.value(id).type);
  }

  const loop::Program& program_;
  Nest nest_;
  std::vector<int> seen_;  ///< per value: the last leaf that counted it
  int conditions_ = 0;
  double share_ = 1;
};

}  // namespace

Nest flatten(const loop::Program& program) { return Flattener(program).run(); }

}  // namespace tilewright::cost
