#include <bit>
#include <unordered_map>

#include "base/hash.h"
#include "base/match.h"
#include "loop/program.h"

namespace tilewright::loop {
namespace {

std::uint64_t of(auto... parts) {
  std::uint64_t hash = 0x5bd1e9955bd1e995ULL;
  ((hash = hash_mix(hash, static_cast<std::uint64_t>(parts))), ...);
  return hash;
}

/// Walks a program in the order of its text. Loop variables and buffers count by where they first appear.
class Hasher {
 public:
  explicit Hasher(const Program& program) : program_(program), values_(program.values.size()) {}

  std::uint64_t run() {
    const std::uint64_t body = block(program_.body);
    std::uint64_t layouts = 0;  // a sum: their order does not matter
    for (const PackedArgument& packed : program_.packed) {
      std::uint64_t hash = of(packed.argument);
      for (std::int64_t length : packed.layout.block) hash = hash_mix(hash, of(length));
      for (int dimension : packed.layout.outer) hash = hash_mix(hash, of(dimension));
      for (int dimension : packed.layout.inner) hash = hash_mix(hash, of(dimension));
      layouts += hash;
    }
    return hash_mix(body, layouts);
  }

 private:
  std::uint64_t block(const Block& statements) {
    std::uint64_t hash = of(statements.size());
    for (const Stmt& stmt : statements)
      hash = hash_mix(hash, match_variant(stmt.kind, [&](const auto& s) { return statement(s); }));
    return hash;
  }

  std::uint64_t statement(const For& loop) {
    if (loop.end - loop.begin == 1 && loop.kind != LoopKind::parallel) {
      fix(loop.var, loop.begin);
      return block(loop.body);
    }
    if (fixed_.erase(loop.var) > 0) ++bindings_;
    variables_.emplace(loop.var, static_cast<int>(variables_.size()));
    const std::uint64_t head = of(1, loop.begin, loop.end, loop.kind, loop.reduction,
                                  loop.reduction && program_.hints_of(loop.stage).prefetch_constants);
    return hash_mix(head, block(loop.body));
  }
  /// A loop that was copied when it was split binds its variable again, otherwise.
  void fix(int variable, std::int64_t begin) {
    const auto [known, is_new] = fixed_.emplace(variable, begin);
    if (is_new ? variables_.contains(variable) : known->second != begin) ++bindings_;
    known->second = begin;
  }
  std::uint64_t statement(const If& branch) {
    std::uint64_t hash = of(2, branch.conditions.size());
    for (const AffineExpr& condition : branch.conditions) hash = hash_mix(hash, index(condition));
    hash = hash_mix(hash, block(branch.then));
    return hash_mix(hash, block(branch.otherwise));
  }
  std::uint64_t statement(const Store& store) {
    const std::uint64_t to = element(store.buffer, store.indices);
    return of(3, to, value(store.value), store.update);
  }
  std::uint64_t statement(const Allocate& allocate) { return of(4, buffer(allocate.buffer)); }

  std::uint64_t element(BufferId id, const std::vector<AffineExpr>& indices) {
    std::uint64_t hash = buffer(id);
    for (const AffineExpr& i : indices) hash = hash_mix(hash, index(i));
    return hash;
  }

  std::uint64_t buffer(BufferId id) {
    const Buffer& b = program_.buffer(id);
    const int number =
        b.scope == Scope::argument ? b.argument : buffers_.emplace(id, static_cast<int>(buffers_.size())).first->second;
    std::uint64_t hash = of(b.scope, number, b.type, program_.hints_of(b.stage).stream_stores);
    for (std::int64_t length : b.shape) hash = hash_mix(hash, of(length));
    return hash;
  }

  /// A sum: the order of its terms does not matter.
  std::uint64_t index(const AffineExpr& i) {
    std::int64_t constant = i.constant;
    std::uint64_t terms = 0;
    for (const AffineExpr::Term& term : i.terms) {
      const auto fixed = fixed_.find(term.atom);
      if (fixed != fixed_.end())
        constant += term.coefficient * fixed->second;
      else
        terms += of(term.coefficient, atom(term.atom));
    }
    return of(constant, terms);
  }

  std::uint64_t atom(int id) {
    const AffineAtom& a = program_.indices.atom(id);
    if (a.kind == AffineAtom::Kind::loop) {
      const auto known = variables_.find(id);
      return of(a.kind, known == variables_.end() ? -1 : known->second);
    }
    return a.kind == AffineAtom::Kind::value ? of(a.kind, value(a.value)) : of(a.kind, index(a.of), a.divisor);
  }

  std::uint64_t value(ValueId id) {
    Known& known = values_[static_cast<std::size_t>(id)];
    if (known.bindings != bindings_) known = {fresh_value(program_.value(id)), bindings_};
    return known.hash;
  }
  std::uint64_t fresh_value(const Value& v) {
    const std::uint64_t inner = match_variant(
        v.kind,
        [](const ConstantValue& n) {
          return match_variant(n.value, [](auto c) { return std::bit_cast<std::uint64_t>(c); });
        },
        [&](const IndexValue& n) { return index(n.index); }, [&](const NonNegative& n) { return index(n.index); },
        [&](const LoadValue& n) { return element(n.buffer, n.indices); },
        [&](const UnaryValue& n) { return of(n.op, value(n.a)); },
        [&](const BinaryValue& n) {
          const std::uint64_t a = value(n.a);
          return of(n.op, a, value(n.b));
        },
        [&](const SelectValue& n) {
          const std::uint64_t condition = value(n.condition), on_true = value(n.on_true);
          return of(condition, on_true, value(n.on_false));
        },
        [&](const CastValue& n) { return value(n.a); });
    return of(v.kind.index(), v.type, inner);
  }

  const Program& program_;
  struct Known {
    std::uint64_t hash = 0;
    int bindings = 0;  ///< under which it holds
  };
  std::vector<Known> values_;
  int bindings_ = 1;                             ///< counts the changes of what a variable stands for
  std::unordered_map<int, int> variables_;       ///< loop atoms, numbered
  std::unordered_map<int, std::int64_t> fixed_;  ///< loop atoms of one iteration, and their value
  std::unordered_map<BufferId, int> buffers_;    ///< numbered
};

}  // namespace

std::uint64_t structural_hash(const Program& program) { return Hasher(program).run(); }

}  // namespace tilewright::loop
