#include "loop/substitute.h"

#include <map>

#include "base/error.h"

namespace tilewright::loop {
namespace {

/// One substitution; remembers the values that it has rewritten.
class Substitution {
 public:
  Substitution(Program& program, int var, AffineExpr by) : program_(program), var_(var), by_(std::move(by)) {}

  Block block(const Block& original) {
    Block copy;
    for (const Stmt& stmt : original)
      copy.push_back(match_variant(
          stmt.kind,
          [&](const For& n) -> Stmt {
            return {For{n.var, n.begin, n.end, n.kind, n.reduction, n.stage, n.name, block(n.body)}};
          },
          [&](const If& n) -> Stmt { return {If{indices(n.conditions), block(n.then), block(n.otherwise)}}; },
          [&](const Store& n) -> Stmt { return {Store{n.buffer, indices(n.indices), value(n.value), n.update}}; },
          [&](const Allocate& n) -> Stmt { return {n}; }));
    return copy;
  }

 private:
  AffineExpr index(const AffineExpr& original) {
    AffineExpr sum(original.constant);
    for (const AffineExpr::Term& term : original.terms) {
      const AffineAtom atom = program_.indices.atom(term.atom);
      AffineExpr of = AffineTable::variable(term.atom);
      if (term.atom == var_) of = by_;
      if (atom.kind == AffineAtom::Kind::quotient) of = program_.indices.quotient(index(atom.of), atom.divisor);
      if (atom.kind == AffineAtom::Kind::remainder) of = program_.indices.remainder(index(atom.of), atom.divisor);
      if (atom.kind == AffineAtom::Kind::value)
        if (const ValueId v = value(atom.value); v != atom.value)
          of = AffineTable::variable(program_.indices.add_value(v, atom.range));
      sum = sum + of * term.coefficient;
    }
    return sum;
  }

  std::vector<AffineExpr> indices(const std::vector<AffineExpr>& original) {
    std::vector<AffineExpr> copy;
    for (const AffineExpr& i : original) copy.push_back(index(i));
    return copy;
  }

  ValueId value(ValueId id) {
    if (const auto known = values_.find(id); known != values_.end()) return known->second;
    const Value original = program_.value(id);
    Value copy = original;
    const bool changed = match_variant(
        copy.kind, [](ConstantValue&) { return false; }, [&](IndexValue& n) { return put(n.index); },
        [&](NonNegative& n) { return put(n.index); },
        [&](LoadValue& n) {
          bool any = false;
          for (AffineExpr& i : n.indices) any = put(i) || any;
          return any;
        },
        [&](UnaryValue& n) { return put(n.a); },
        [&](BinaryValue& n) {
          const bool a = put(n.a), b = put(n.b);
          return a || b;
        },
        [&](SelectValue& n) {
          const bool c = put(n.condition), t = put(n.on_true), f = put(n.on_false);
          return c || t || f;
        },
        [&](CastValue& n) { return put(n.a); });
    return values_[id] = changed ? program_.add(std::move(copy)) : id;
  }

  bool put(AffineExpr& i) {
    AffineExpr changed = index(i);
    if (changed == i) return false;
    i = std::move(changed);
    return true;
  }
  bool put(ValueId& id) {
    const ValueId before = id;
    id = value(id);
    return id != before;
  }

  Program& program_;
  int var_;
  AffineExpr by_;
  std::map<ValueId, ValueId> values_;
};

}  // namespace

Block substitute(Program& program, const Block& block, int var, const AffineExpr& by) {
  return Substitution(program, var, by).block(block);
}

}  // namespace tilewright::loop
