#include "backend/cpu/passes.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "loop/split_loop.h"

namespace tilewright::cpu {
namespace {

using loop::Block;
using loop::For;
using loop::LoopKind;

constexpr std::int64_t kFewestIterations = 4;  ///< shorter loops gain nothing from a vector

bool is_candidate(const loop::Program& program, const For& loop) {
  if (loop.kind != LoopKind::serial && loop.kind != LoopKind::unrolled) return false;
  if (loop.reduction || loop.end - loop.begin < kFewestIterations) return false;
  return runs_in_lanes(program, loop.body, loop.var);
}

/// `longest`: elements of one straight run of vectors.
void visit(loop::Program& program, Block& block, std::int64_t longest) {
  Block result;
  for (loop::Stmt& stmt : block) {
    auto* loop = std::get_if<For>(&stmt.kind);
    if (loop && is_candidate(program, *loop)) {
      if (loop->end - loop->begin > longest) {
        for (loop::Stmt& piece : loop::split_loop(program, *loop, longest, LoopKind::vectorized))
          result.push_back(std::move(piece));
        continue;
      }
      loop->kind = LoopKind::vectorized;
    } else if (loop) {
      visit(program, loop->body, longest);
    } else if (auto* branch = std::get_if<loop::If>(&stmt.kind)) {
      visit(program, branch->then, longest);
      visit(program, branch->otherwise, longest);
    }
    result.push_back(std::move(stmt));
  }
  block = std::move(result);
}

}  // namespace

void vectorize_innermost(loop::Program& program, const target::TargetSpec& target) {
  visit(program, program.body, 2 * target.vector_bytes);
}

}  // namespace tilewright::cpu
