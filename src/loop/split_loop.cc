#include "loop/split_loop.h"

#include "base/error.h"
#include "loop/substitute.h"

namespace tilewright::loop {

Block split_loop(Program& program, const For& loop, std::int64_t factor, LoopKind inner) {
  const std::int64_t blocks = (loop.end - loop.begin) / factor;
  TW_CHECK(factor > 0 && factor < loop.end - loop.begin, "loop {} cannot be cut into blocks of {}", loop.name, factor);
  const std::int64_t rest = loop.begin + blocks * factor;
  Block result;
  if (blocks > 1) {
    const int outer_var = program.indices.add_loop(blocks), inner_var = program.indices.add_loop(factor);
    const AffineExpr iteration =
        AffineTable::variable(outer_var) * factor + AffineTable::variable(inner_var) + AffineExpr(loop.begin);
    For within{inner_var, 0, factor, inner, loop.reduction, loop.stage, loop.name + ".1", {}};
    within.body = substitute(program, loop.body, loop.var, iteration);
    For over{outer_var, 0, blocks, LoopKind::serial, loop.reduction, loop.stage, loop.name + ".0", {}};
    over.body.push_back({std::move(within)});
    result.push_back({std::move(over)});
  } else {
    For first = loop;
    first.end = rest, first.kind = inner;
    result.push_back({std::move(first)});
  }
  if (rest < loop.end) {
    For last = loop;
    last.begin = rest, last.kind = inner;
    result.push_back({std::move(last)});
  }
  return result;
}

}  // namespace tilewright::loop
