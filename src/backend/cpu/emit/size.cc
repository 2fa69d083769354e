#include "backend/cpu/emit/kernel.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "base/integer.h"

namespace tilewright::cpu {
namespace {

/// Adds up instructions. What is vectorized is counted register by register.
class Counter {
 public:
  Counter(const loop::Program& program, const target::TargetSpec& target)
      : program_(program), lanes_(target.emitter_policy().lanes()) {}

  double size_of(const loop::Block& block) {
    double sum = 0;
    for (const loop::Stmt& stmt : block)
      sum += match_variant(
          stmt.kind, [&](const loop::For& loop) { return size_of(loop); },
          [&](const loop::If& branch) { return 2.0 + size_of(branch.then) + size_of(branch.otherwise); },
          [&](const loop::Store& store) { return access(store.buffer, store.indices) + size_of(store.value); },
          [](const loop::Allocate&) { return 0.0; });
    return sum;
  }

 private:
  double size_of(const loop::For& loop) {
    const std::int64_t extent = loop.end - loop.begin;
    if (loop.kind != loop::LoopKind::vectorized) {
      const double body = size_of(loop.body);
      return loop.kind == loop::LoopKind::unrolled ? body * static_cast<double>(extent) : body + 3;
    }
    vector_ = loop.var;
    const double body = size_of(loop.body);
    vector_ = -1;
    return body * static_cast<double>(ceil_div(extent, lanes_));
  }

  /// One instruction, or one for each lane where they do not lie side by side.
  double access(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices) const {
    if (vector_ < 0) return 1;
    const auto stride = stride_of(program_, buffer, indices, vector_);
    return stride && (*stride == 0 || *stride == 1) ? 1 : static_cast<double>(lanes_);
  }

  double size_of(loop::ValueId id) const {
    return match_variant(
        program_.value(id).kind, [](const loop::ConstantValue&) { return 0.0; },
        [](const loop::IndexValue&) { return 2.0; }, [](const loop::NonNegative&) { return 2.0; },
        [&](const loop::LoadValue& n) { return access(n.buffer, n.indices); },
        [&](const loop::UnaryValue& n) {
          const bool is_in_line = n.op == te::UnaryOp::exp || n.op == te::UnaryOp::sigmoid;
          return (is_in_line ? 14 : 1) + size_of(n.a);
        },
        [&](const loop::BinaryValue& n) { return 1 + size_of(n.a) + size_of(n.b); },
        [&](const loop::SelectValue& n) { return 2 + size_of(n.condition) + size_of(n.on_true) + size_of(n.on_false); },
        [&](const loop::CastValue& n) { return 1 + size_of(n.a); });
  }

  const loop::Program& program_;
  std::int64_t lanes_;
  int vector_ = -1;  ///< the variable of the vectorized loop around
};

}  // namespace

double unrolled_size(const loop::Program& program, const target::TargetSpec& target) {
  return Counter(program, target).size_of(program.body);
}

}  // namespace tilewright::cpu
