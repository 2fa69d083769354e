#include <algorithm>

#include "loop/passes.h"

namespace tilewright::loop {
namespace {

constexpr int kMaxDepth = 8;

/// What a statement sequence comes to when it is unrolled.
struct Unrolled {
  std::int64_t stores = 0;
  int depth = 0;           ///< loops unrolled inside one another
  bool completely = true;  ///< no serial loop is left in it
};

class AutoUnroll {
 public:
  explicit AutoUnroll(const Program& program) : program_(program) {}

  Unrolled visit(Block& block, int limit) {
    Unrolled sum;
    for (Stmt& stmt : block) {
      const Unrolled one = visit(stmt, limit);
      sum.stores += one.stores;
      sum.depth = std::max(sum.depth, one.depth);
      sum.completely = sum.completely && one.completely;
    }
    return sum;
  }

 private:
  Unrolled visit(Stmt& stmt, int limit) {
    if (std::holds_alternative<Store>(stmt.kind)) return {1, 0, true};
    if (std::holds_alternative<Allocate>(stmt.kind)) return {};
    if (auto* branch = std::get_if<If>(&stmt.kind)) {
      const Unrolled a = visit(branch->then, limit), b = visit(branch->otherwise, limit);
      return {a.stores + b.stores, std::max(a.depth, b.depth), a.completely && b.completely};
    }
    return visit_loop(std::get<For>(stmt.kind), limit);
  }

  Unrolled visit_loop(For& loop, int outer_limit) {
    // The pragma stands on a stage's outermost loop and holds for all that is inside, other stages' loops included.
    const int own = program_.hints_of(loop.stage).unroll_limit;
    const int limit = own > 0 ? own : outer_limit;
    const Unrolled body = visit(loop.body, limit);
    if (loop.kind == LoopKind::vectorized) return body;
    const std::int64_t stores = body.stores * (loop.end - loop.begin);
    const bool fits = body.completely && stores <= limit && body.depth < kMaxDepth;
    if (loop.kind == LoopKind::serial && fits) loop.kind = LoopKind::unrolled;
    if (loop.kind == LoopKind::unrolled && body.completely) return {stores, body.depth + 1, true};
    return {stores, body.depth, false};
  }

  const Program& program_;
};

}  // namespace

void auto_unroll(Program& program) { AutoUnroll(program).visit(program.body, 0); }

}  // namespace tilewright::loop
