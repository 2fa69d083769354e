#include "cost/ansor/operations.h"

#include <numeric>

namespace tilewright::cost::ansor {
namespace {

double& slot(OperationCount& count, int kind, DType type) {
  return count.of[static_cast<std::size_t>(kind + (is_float(type) ? 0 : kPerType))];
}

}  // namespace

double OperationCount::floats() const { return std::accumulate(of.begin(), of.begin() + kPerType, 0.0); }

const OperationCount& OperationCounter::count(loop::ValueId id) {
  const auto at = static_cast<std::size_t>(id);
  if (!known_[at]) {
    counts_[at] = compute(program_.value(id));
    known_[at] = true;
  }
  return counts_[at];
}

OperationCount OperationCounter::compute(const loop::Value& value) {
  OperationCount sum;
  match_variant(
      value.kind, [](const loop::ConstantValue&) {}, [&](const loop::IndexValue& v) { add_index(sum, v.index); },
      [&](const loop::NonNegative& v) {
        sum.of[kPerType + kCompare] += 1;
        add_index(sum, v.index);
      },
      [&](const loop::LoadValue& v) {
        sum.loads = true;
        for (const loop::AffineExpr& index : v.indices) add_index(sum, index);
      },
      [&](const loop::UnaryValue& v) { sum = of_unary(v); }, [&](const loop::BinaryValue& v) { sum = of_binary(v); },
      [&](const loop::SelectValue& v) {
        slot(sum, kMath, value.type) += 1;
        add(sum, v.condition), add(sum, v.on_true), add(sum, v.on_false);
        if (!sum.loads) sum = {.table = true};
      },
      [&](const loop::CastValue& v) { add(sum, v.a); });
  return sum;
}

OperationCount OperationCounter::of_unary(const loop::UnaryValue& v) {
  OperationCount sum = count(v.a);
  if (v.op == te::UnaryOp::logical_not)
    sum.of[kBoolean] += 1;
  else
    slot(sum, v.op == te::UnaryOp::neg ? kAddSub : kMath, program_.value(v.a).type) += 1;
  return sum;
}

OperationCount OperationCounter::of_binary(const loop::BinaryValue& v) {
  using te::BinaryOp;
  if (v.op == BinaryOp::mul && count(v.a).table) return count(v.b);
  if (v.op == BinaryOp::mul && count(v.b).table) return count(v.a);
  OperationCount sum = count(v.a);
  sum.table = false;
  add(sum, v.b);
  const DType type = program_.value(v.a).type;
  switch (v.op) {
    case BinaryOp::add:
    case BinaryOp::sub:
      slot(sum, kAddSub, type) += 1;
      break;
    case BinaryOp::mul:
      slot(sum, kMul, type) += 1;
      break;
    case BinaryOp::div:
      // TVM multiplies by the reciprocal of a constant.
      slot(sum, is_float(type) && is_constant(v.b) ? kMul : kDivMod, type) += 1;
      break;
    case BinaryOp::floor_div:
    case BinaryOp::floor_mod:
      slot(sum, kDivMod, type) += 1;
      break;
    case BinaryOp::pow:
    case BinaryOp::fmod:
      slot(sum, kMath, type) += 1;
      break;
    case BinaryOp::logical_and:
    case BinaryOp::logical_or:
      sum.of[kBoolean] += 1;
      break;
    default:
      slot(sum, kCompare, type) += 1;
  }
  return sum;
}

bool OperationCounter::is_constant(loop::ValueId id) const {
  return std::holds_alternative<loop::ConstantValue>(program_.value(id).kind);
}

void OperationCounter::add(OperationCount& sum, loop::ValueId id) {
  const OperationCount& other = count(id);
  for (std::size_t i = 0; i < sum.of.size(); ++i) sum.of[i] += other.of[i];
  sum.loads = sum.loads || other.loads;
}

void OperationCounter::add_index(OperationCount& sum, const loop::AffineExpr& index) {
  const auto parts = static_cast<double>(index.terms.size()) + (index.constant != 0 ? 1 : 0);
  sum.of[kPerType + kAddSub] += parts > 1 ? parts - 1 : 0;
  for (const loop::AffineExpr::Term& term : index.terms) {
    if (term.coefficient != 1) sum.of[kPerType + kMul] += 1;
    const loop::AffineAtom& atom = program_.indices.atom(term.atom);
    if (atom.kind == loop::AffineAtom::Kind::loop) continue;
    if (atom.kind == loop::AffineAtom::Kind::value) {
      add(sum, atom.value);
      continue;
    }
    sum.of[kPerType + kDivMod] += 1;
    add_index(sum, atom.of);
  }
}

}  // namespace tilewright::cost::ansor
