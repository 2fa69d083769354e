#include "backend/cpu/emit/accumulators.h"

#include <algorithm>
#include <map>

#include "base/integer.h"

namespace tilewright::cpu {
namespace {

using loop::Block;
using loop::BufferId;
using loop::For;
using loop::If;
using loop::LoopKind;
using loop::Store;

class Finder {
 public:
  Finder(const loop::Program& program, const For& root) : program_(program), root_(root) { visit(root.body, false); }

  std::vector<Accumulator> result(std::int64_t most_registers, std::int64_t lanes) const {
    std::vector<Accumulator> found;
    std::int64_t registers = 0;
    for (const Accumulator& candidate : candidates_) {
      // One load (its own) and one store are the update itself.
      const int accesses = accesses_.at(candidate.store->buffer);
      const auto updates = std::count_if(candidates_.begin(), candidates_.end(), [&](const Accumulator& other) {
        return other.store->buffer == candidate.store->buffer;
      });
      if (accesses != 2 * updates) continue;
      std::int64_t elements = 1, last = 1;
      for (const For* loop : candidate.path) {
        last = loop->kind == LoopKind::vectorized ? ceil_div(loop->end - loop->begin, lanes) : loop->end - loop->begin;
        elements *= loop->reduction ? 1 : last;
      }
      registers += elements;
      found.push_back(candidate);
    }
    return registers <= most_registers ? found : std::vector<Accumulator>{};
  }

 private:
  void visit(const Block& block, bool guarded) {
    for (const loop::Stmt& stmt : block) {
      if (const auto* loop = std::get_if<For>(&stmt.kind)) {
        path_.push_back(loop);
        visit(loop->body, guarded);
        path_.pop_back();
      } else if (const auto* branch = std::get_if<If>(&stmt.kind)) {
        visit(branch->then, true);
        visit(branch->otherwise, true);
      } else if (const auto* store = std::get_if<Store>(&stmt.kind)) {
        visit_store(*store, guarded);
      }
    }
  }

  void visit_store(const Store& store, bool guarded) {
    ++accesses_[store.buffer];
    count_loads(store.value);
    if (!store.update || guarded || moves(store)) return;
    Accumulator candidate{&store, {}};
    for (const For* loop : path_)
      if (loop->kind == LoopKind::unrolled || loop->kind == LoopKind::vectorized) candidate.path.push_back(loop);
    candidates_.push_back(std::move(candidate));
  }

  /// Whether the element changes with a loop that is not unrolled.
  bool moves(const Store& store) const {
    const loop::AffineExpr offset = program_.offset(store.buffer, store.indices);
    if (program_.indices.depends_on(offset, root_.var)) return true;
    return std::any_of(path_.begin(), path_.end(), [&](const For* loop) {
      const bool expands = loop->kind == LoopKind::unrolled || loop->kind == LoopKind::vectorized;
      return !expands && program_.indices.depends_on(offset, loop->var);
    });
  }

  void count_loads(loop::ValueId id) {
    match_variant(
        program_.value(id).kind, [](const loop::ConstantValue&) {}, [](const loop::IndexValue&) {},
        [](const loop::NonNegative&) {}, [&](const loop::LoadValue& n) { ++accesses_[n.buffer]; },
        [&](const loop::UnaryValue& n) { count_loads(n.a); },
        [&](const loop::BinaryValue& n) { count_loads(n.a), count_loads(n.b); },
        [&](const loop::SelectValue& n) { count_loads(n.condition), count_loads(n.on_true), count_loads(n.on_false); },
        [&](const loop::CastValue& n) { count_loads(n.a); });
  }

  const loop::Program& program_;
  const For& root_;
  std::vector<const For*> path_;
  std::vector<Accumulator> candidates_;
  std::map<BufferId, int> accesses_;
};

}  // namespace

std::vector<Accumulator> find_accumulators(const loop::Program& program, const target::TargetSpec& target,
                                           const For& loop) {
  const bool expands = loop.kind == LoopKind::serial || loop.kind == LoopKind::unrolled;
  if (!loop.reduction || !expands) return {};
  const target::EmitterPolicy policy = target.emitter_policy();
  return Finder(program, loop).result(policy.most_accumulators(), policy.lanes());
}

}  // namespace tilewright::cpu
