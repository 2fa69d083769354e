#include "backend/cpu/passes/nest.h"

#include "loop/substitute.h"

namespace tilewright::cpu {
namespace {

using loop::Block;
using loop::For;

For without_body(For&& loop) {
  return {loop.var, loop.begin, loop.end, loop.kind, loop.reduction, loop.stage, std::move(loop.name), {}};
}

/// The one loop in the body of another; null if there is something else.
For* only_loop_in(For& loop) { return loop.body.size() == 1 ? std::get_if<For>(&loop.body.front().kind) : nullptr; }

}  // namespace

loop::Stmt nest_of(Loops loops, Block body) {
  for (; !loops.empty(); loops.pop_back()) {
    For loop = std::move(loops.back());
    loop.body = std::move(body);
    body.clear();
    body.push_back({std::move(loop)});
  }
  return std::move(body.front());
}

void for_each_nest(Block& block, const std::function<loop::Stmt(Loops loops, Block store)>& rewrite) {
  for (loop::Stmt& stmt : block) {
    if (auto* branch = std::get_if<loop::If>(&stmt.kind)) {
      for_each_nest(branch->then, rewrite);
      for_each_nest(branch->otherwise, rewrite);
    }
    For* const outermost = std::get_if<For>(&stmt.kind);
    if (!outermost) continue;
    For* innermost = outermost;
    while (For* inner = only_loop_in(*innermost)) innermost = inner;
    if (innermost->body.size() != 1 || !std::holds_alternative<loop::Store>(innermost->body.front().kind)) {
      for_each_nest(innermost->body, rewrite);
      continue;
    }
    Block store = std::move(innermost->body);
    Loops loops;
    for (For* loop = outermost; loop; loop = loop == innermost ? nullptr : only_loop_in(*loop))
      loops.push_back(without_body(std::move(*loop)));
    stmt = rewrite(std::move(loops), std::move(store));
  }
}

For cut_block(loop::Program& program, For& loop, std::int64_t block, Block& body) {
  const std::int64_t blocks = (loop.end - loop.begin) / block;
  const int over = program.indices.add_loop(blocks), within = program.indices.add_loop(block);
  body = loop::substitute(
      program, body, loop.var,
      loop::AffineTable::variable(over) * block + loop::AffineTable::variable(within) + loop::AffineExpr(loop.begin));
  For inner = loop;
  loop.var = over, loop.begin = 0, loop.end = blocks, loop.name += ".0";
  inner.var = within, inner.begin = 0, inner.end = block, inner.name += ".1";
  return inner;
}

}  // namespace tilewright::cpu
