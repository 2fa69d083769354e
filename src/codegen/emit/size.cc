#include "codegen/emit/size.h"

#include "base/integer.h"

namespace tilewright::codegen {
namespace {

double size_of(const loop::Program& program, loop::ValueId id) {
  return match_variant(
      program.value(id).kind, [](const loop::ConstantValue&) { return 0.0; },
      [](const loop::IndexValue&) { return 2.0; }, [](const loop::NonNegative&) { return 2.0; },
      [](const loop::LoadValue&) { return 1.0; },
      [&](const loop::UnaryValue& n) {
        const bool is_in_line = n.op == te::UnaryOp::exp || n.op == te::UnaryOp::sigmoid;
        return (is_in_line ? 14 : 1) + size_of(program, n.a);
      },
      [&](const loop::BinaryValue& n) { return 1 + size_of(program, n.a) + size_of(program, n.b); },
      [&](const loop::SelectValue& n) {
        return 2 + size_of(program, n.condition) + size_of(program, n.on_true) + size_of(program, n.on_false);
      },
      [&](const loop::CastValue& n) { return 1 + size_of(program, n.a); });
}

double size_of(const loop::Program& program, const loop::Block& block, const Target& target) {
  double sum = 0;
  for (const loop::Stmt& stmt : block)
    sum += match_variant(
        stmt.kind,
        [&](const loop::For& loop) {
          const double body = size_of(program, loop.body, target);
          const std::int64_t extent = loop.end - loop.begin;
          if (loop.kind == loop::LoopKind::unrolled) return body * static_cast<double>(extent);
          if (loop.kind == loop::LoopKind::vectorized)
            return body * static_cast<double>(ceil_div(extent, target.vector_bytes / 4));
          return body + 3;
        },
        [&](const loop::If& branch) {
          return 2.0 + size_of(program, branch.then, target) + size_of(program, branch.otherwise, target);
        },
        [&](const loop::Store& store) { return 1 + size_of(program, store.value); },
        [](const loop::Allocate&) { return 0.0; });
  return sum;
}

}  // namespace

double unrolled_size(const loop::Program& program, const Target& target) {
  return size_of(program, program.body, target);
}

}  // namespace tilewright::codegen
