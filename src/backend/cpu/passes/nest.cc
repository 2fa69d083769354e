#include "backend/cpu/passes/nest.h"

#include "loop/substitute.h"

namespace tilewright::cpu {
namespace {

using loop::Block;
using loop::For;

For without_body(const For& loop) {
  return {loop.var, loop.begin, loop.end, loop.kind, loop.reduction, loop.stage, loop.name, {}};
}

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
    For* loop = std::get_if<For>(&stmt.kind);
    if (!loop) continue;
    Loops loops{without_body(*loop)};
    while (loop->body.size() == 1 && std::holds_alternative<For>(loop->body[0].kind)) {
      loop = &std::get<For>(loop->body[0].kind);
      loops.push_back(without_body(*loop));
    }
    if (loop->body.size() == 1 && std::holds_alternative<loop::Store>(loop->body[0].kind))
      stmt = rewrite(std::move(loops), Block(loop->body));
    else
      for_each_nest(loop->body, rewrite);
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
