#include <algorithm>
#include <set>

#include "backend/cpu/passes.h"

namespace tilewright::cpu {
namespace {

using loop::AffineExpr;
using loop::Block;
using loop::BufferId;
using loop::For;
using loop::ValueId;

/// What statements read, write and depend on.
class Uses {
 public:
  explicit Uses(const loop::Program& program) : program_(program) {}

  std::set<BufferId> reads, writes;
  std::set<int> atoms;  ///< that occur in indices, also inside others

  void add(const loop::Stmt& stmt) {
    match_variant(
        stmt.kind,
        [&](const For& n) {
          for (const loop::Stmt& inner : n.body) add(inner);
        },
        [&](const loop::If& n) {
          add(n.conditions);
          for (const Block* side : {&n.then, &n.otherwise})
            for (const loop::Stmt& inner : *side) add(inner);
        },
        [&](const loop::Store& n) {
          writes.insert(n.buffer);
          add(n.indices);
          add(n.value);
        },
        [](const loop::Allocate&) {});
  }

 private:
  void add(const std::vector<AffineExpr>& indices) {
    for (const AffineExpr& index : indices) add(index);
  }
  void add(const AffineExpr& index) {
    for (const AffineExpr::Term& term : index.terms) {
      if (!atoms.insert(term.atom).second) continue;
      const loop::AffineAtom& atom = program_.indices.atom(term.atom);
      if (atom.kind == loop::AffineAtom::Kind::value) add(atom.value);
      if (atom.kind == loop::AffineAtom::Kind::quotient || atom.kind == loop::AffineAtom::Kind::remainder) add(atom.of);
    }
  }
  void add(ValueId id) {
    match_variant(
        program_.value(id).kind, [](const loop::ConstantValue&) {}, [&](const loop::IndexValue& n) { add(n.index); },
        [&](const loop::NonNegative& n) { add(n.index); },
        [&](const loop::LoadValue& n) {
          reads.insert(n.buffer);
          add(n.indices);
        },
        [&](const loop::UnaryValue& n) { add(n.a); }, [&](const loop::BinaryValue& n) { add(n.a), add(n.b); },
        [&](const loop::SelectValue& n) { add(n.condition), add(n.on_true), add(n.on_false); },
        [&](const loop::CastValue& n) { add(n.a); });
  }

  const loop::Program& program_;
};

bool meet(const std::set<BufferId>& a, const std::set<BufferId>& b) {
  return std::any_of(a.begin(), a.end(), [&](BufferId id) { return b.contains(id); });
}

/// Whether the first `count` statements of the body do the same in every iteration and nothing after them undoes it.
bool is_invariant(const loop::Program& program, const For& loop, std::size_t count) {
  Uses before(program), after(program);
  for (std::size_t i = 0; i < loop.body.size(); ++i) (i < count ? before : after).add(loop.body[i]);
  return !before.writes.empty() && !before.atoms.contains(loop.var) && !meet(after.writes, before.reads) &&
         !meet(after.writes, before.writes);
}

void visit(const loop::Program& program, Block& block) {
  Block result;
  for (loop::Stmt& stmt : block) {
    if (auto* branch = std::get_if<loop::If>(&stmt.kind)) {
      visit(program, branch->then);
      visit(program, branch->otherwise);
    }
    auto* loop = std::get_if<For>(&stmt.kind);
    if (loop) visit(program, loop->body);
    const bool is_sequential = loop && (loop->kind == loop::LoopKind::serial || loop->kind == loop::LoopKind::unrolled);
    std::size_t count = is_sequential ? loop->body.size() - 1 : 0;
    while (count > 0 && !is_invariant(program, *loop, count)) --count;
    const auto first = loop ? loop->body.begin() : block.begin();
    if (count > 0) {
      std::move(first, first + static_cast<std::ptrdiff_t>(count), std::back_inserter(result));
      loop->body.erase(first, first + static_cast<std::ptrdiff_t>(count));
    }
    result.push_back(std::move(stmt));
  }
  block = std::move(result);
}

}  // namespace

void hoist_invariants(loop::Program& program, const target::TargetSpec&) { visit(program, program.body); }

}  // namespace tilewright::cpu
