#include <algorithm>
#include <optional>

#include "backend/cpu/passes.h"
#include "base/integer.h"
#include "loop/split_loop.h"

namespace tilewright::cpu {
namespace {

using loop::Block;
using loop::For;
using loop::LoopKind;

constexpr std::int64_t kFewStores = 16;  ///< straight-line stores worth having for a shorter loop; a heuristic

class Unroller {
 public:
  Unroller(loop::Program& program, const target::TargetSpec& target) : program_(program), target_(target) {}

  /// Vector stores that statements come to in straight line, or nothing if a loop or branch is left in them.
  using Stores = std::optional<std::int64_t>;

  Stores visit(Block& block, bool in_reduction) {
    Stores sum = 0;
    Block result;
    for (loop::Stmt& stmt : block) {
      const Stores one = visit(stmt, in_reduction, result);
      sum = sum && one ? Stores(*sum + *one) : std::nullopt;
    }
    block = std::move(result);
    return sum;
  }

 private:
  /// Appends what takes the statement's place.
  Stores visit(loop::Stmt& stmt, bool in_reduction, Block& result) {
    if (auto* loop = std::get_if<For>(&stmt.kind)) return visit_loop(*loop, in_reduction, result);
    Stores stores = std::holds_alternative<loop::Store>(stmt.kind) ? 1 : 0;
    if (auto* branch = std::get_if<loop::If>(&stmt.kind)) {
      visit(branch->then, in_reduction);
      visit(branch->otherwise, in_reduction);
      stores.reset();
    }
    result.push_back(std::move(stmt));
    return stores;
  }

  Stores visit_loop(For& loop, bool in_reduction, Block& result) {
    const std::int64_t extent = loop.end - loop.begin;
    const bool is_serial = loop.kind == LoopKind::serial;
    const Stores body = visit(loop.body, in_reduction || (loop.reduction && is_serial));
    const std::int64_t lanes = target_.emitter_policy().lanes();
    Stores all;
    if (body && loop.kind == LoopKind::vectorized) all = *body * ceil_div(extent, lanes);
    if (body && (loop.kind == LoopKind::unrolled || is_serial)) all = *body * extent;
    const std::int64_t most = in_reduction && !loop.reduction ? 2 * target_.vector_registers : kFewStores;
    if (all && is_serial && *all > most) {
      all.reset();
      if (const std::int64_t steps = loop.reduction ? steps_at_once(extent, *body) : 1; steps > 1) {
        for (loop::Stmt& piece : loop::split_loop(program_, loop, steps, LoopKind::unrolled))
          result.push_back(std::move(piece));
        return all;
      }
    }
    if (all && is_serial) loop.kind = LoopKind::unrolled;
    result.push_back({std::move(loop)});
    return all;
  }

  /// Steps of a long reduction to write out in one piece: the most that divide it and are few stores.
  static std::int64_t steps_at_once(std::int64_t extent, std::int64_t stores) {
    for (std::int64_t steps = std::min(kFewStores / std::max<std::int64_t>(1, stores), extent - 1); steps > 1; --steps)
      if (extent % steps == 0) return steps;
    return 1;
  }

  loop::Program& program_;
  const target::TargetSpec& target_;
};

}  // namespace

void unroll_short_loops(loop::Program& program, const target::TargetSpec& target) {
  Unroller(program, target).visit(program.body, false);
}

}  // namespace tilewright::cpu
