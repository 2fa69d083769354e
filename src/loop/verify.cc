#include <algorithm>

#include "loop/program.h"

namespace tilewright::loop {
namespace {

class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program) {
    ranges_.assign(static_cast<std::size_t>(program.indices.size()), {1, 0});
    in_scope_.assign(ranges_.size(), false);
    allocated_.assign(program.buffers.size(), false);
    for (std::size_t b = 0; b < program.buffers.size(); ++b) allocated_[b] = program.buffers[b].scope != Scope::local;
  }

  Status run() {
    check(program_.body, false, false);
    if (errors_.empty()) return {};
    return Failure{fmt::format("{}", fmt::join(errors_, "\n"))};
  }

 private:
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) {
    errors_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void check(const Block& block, bool parallel, bool vectorized) {
    std::vector<BufferId> here;
    for (const Stmt& stmt : block)
      match_variant(
          stmt.kind, [&](const For& loop) { check(loop, parallel, vectorized); },
          [&](const If& branch) {
            for (const AffineExpr& condition : branch.conditions) check_scope(condition, "a condition");
            const std::size_t known = guards_.size();
            guards_.insert(guards_.end(), branch.conditions.begin(), branch.conditions.end());
            check(branch.then, parallel, vectorized);
            check(branch.otherwise, parallel, vectorized);
            guards_.resize(known);
          },
          [&](const Store& store) { check(store); },
          [&](const Allocate& allocate) {
            if (program_.buffer(allocate.buffer).scope != Scope::local)
              error("{} is allocated but not local", program_.buffer(allocate.buffer).name);
            allocated_[static_cast<std::size_t>(allocate.buffer)] = true;
            here.push_back(allocate.buffer);
          });
    for (BufferId buffer : here) allocated_[static_cast<std::size_t>(buffer)] = false;
  }

  void check(const For& loop, bool parallel, bool vectorized) {
    const auto var = static_cast<std::size_t>(loop.var);
    if (in_scope_[var]) error("loop {} binds v{} again", loop.name, loop.var);
    if (loop.begin >= loop.end) error("loop {} runs from {} to {}", loop.name, loop.begin, loop.end);
    if (vectorized) error("loop {} is inside a vectorized loop", loop.name);
    if (loop.kind == LoopKind::parallel && parallel) error("parallel loop {} is inside a parallel loop", loop.name);
    const Range before = ranges_[var];
    in_scope_[var] = true;
    ranges_[var] = {loop.begin, loop.end - 1};
    check(loop.body, parallel || loop.kind == LoopKind::parallel, loop.kind == LoopKind::vectorized);
    in_scope_[var] = false;
    ranges_[var] = before;
  }

  void check(const Store& store) {
    const Buffer& buffer = program_.buffer(store.buffer);
    check_access(store.buffer, store.indices, true);
    const DType type = program_.value(store.value).type;
    if (type != buffer.type) error("{} holds {} and is stored {}", buffer.name, to_text(buffer.type), to_text(type));
    check_value(store.value, true);
  }

  /// `certain`: the value is computed whenever the statement runs; behind a select it need not be in bounds.
  void check_value(ValueId id, bool certain) {
    match_variant(
        program_.value(id).kind, [](const ConstantValue&) {},
        [&](const IndexValue& n) { check_scope(n.index, "a value"); },
        [&](const NonNegative& n) { check_scope(n.index, "a condition"); },
        [&](const LoadValue& n) { check_access(n.buffer, n.indices, certain); },
        [&](const UnaryValue& n) { check_value(n.a, certain); },
        [&](const BinaryValue& n) { check_value(n.a, certain), check_value(n.b, certain); },
        [&](const SelectValue& n) {
          check_value(n.condition, certain), check_value(n.on_true, false), check_value(n.on_false, false);
        },
        [&](const CastValue& n) { check_value(n.a, certain); });
  }

  void check_access(BufferId id, const std::vector<AffineExpr>& indices, bool certain) {
    const Buffer& buffer = program_.buffer(id);
    if (!allocated_[static_cast<std::size_t>(id)]) error("{} is used where it is not allocated", buffer.name);
    if (indices.size() != buffer.shape.size())
      return error("{} has {} dimensions and is given {} indices", buffer.name, buffer.shape.size(), indices.size());
    for (std::size_t d = 0; d < indices.size(); ++d) {
      check_scope(indices[d], buffer.name);
      if (certain && guards_.empty() && !in_bounds(indices[d], buffer.shape[d]))
        error("index {} of dimension {} of {} may leave 0..{}", program_.indices.to_text(indices[d]), d, buffer.name,
              buffer.shape[d]);
    }
  }

  /// Sound for sums of loop variables; differences of quotients are correlated, so those are left to the interpreter,
  /// like guarded accesses (the ranges of guards are not tracked).
  bool in_bounds(const AffineExpr& index, std::int64_t extent) const {
    for (const AffineExpr::Term& term : index.terms)
      if (program_.indices.atom(term.atom).kind != AffineAtom::Kind::loop) return true;
    const Range range = program_.indices.range(index, ranges_);
    return range.low >= 0 && range.high < extent;
  }

  void check_scope(const AffineExpr& index, std::string_view where) {
    for (const AffineExpr::Term& term : index.terms) {
      const AffineAtom& a = program_.indices.atom(term.atom);
      if (a.kind == AffineAtom::Kind::loop && !in_scope_[static_cast<std::size_t>(term.atom)])
        error("v{} is used in {} outside its loop", term.atom, where);
      if (a.kind == AffineAtom::Kind::quotient || a.kind == AffineAtom::Kind::remainder) check_scope(a.of, where);
    }
  }

  const Program& program_;
  std::vector<Range> ranges_;
  std::vector<bool> in_scope_, allocated_;
  std::vector<AffineExpr> guards_;
  std::vector<std::string> errors_;
};

}  // namespace

Status verify(const Program& program) { return Verifier(program).run(); }

}  // namespace tilewright::loop
