#include <algorithm>
#include <limits>
#include <optional>

#include "backend/cpu/passes.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "backend/cpu/passes/leaves.h"
#include "backend/cpu/passes/nest.h"
#include "loop/substitute.h"

namespace tilewright::cpu {
namespace {

using loop::AffineExpr;
using loop::AffineTable;
using loop::Block;
using loop::BufferId;
using loop::For;
using loop::LoadValue;
using loop::LoopKind;
using loop::Store;
using loop::ValueId;
using te::BinaryOp;

constexpr std::int64_t kMostRegisters = 4;  ///< of partial results: enough to hide the latency of an addition
constexpr std::int64_t kFewestSteps = 2;    ///< of the vectors; with fewer, joining the lanes costs more than it saves

/// What an update adds to its element: element = op(element, term).
struct Update {
  BinaryOp op;
  ValueId term;
};

class Vectorizer {
 public:
  Vectorizer(loop::Program& program, const target::TargetSpec& target)
      : program_(program), lanes_(target.lanes(DType::f32)) {}

  void visit(Block& block) {
    Block result;
    for (loop::Stmt& stmt : block) {
      if (auto* branch = std::get_if<loop::If>(&stmt.kind)) {
        visit(branch->then);
        visit(branch->otherwise);
      }
      if (auto* loop = std::get_if<For>(&stmt.kind)) {
        if (const std::optional<Update> update = update_of(*loop)) {
          replace(*loop, *update, result);
          continue;
        }
        visit(loop->body);
      }
      result.push_back(std::move(stmt));
    }
    block = std::move(result);
  }

 private:
  /// The update that is all the loop does, if its iterations can be lanes.
  std::optional<Update> update_of(const For& loop) const {
    const bool is_sequential = loop.kind == LoopKind::serial || loop.kind == LoopKind::unrolled;
    if (!is_sequential || !loop.reduction || extent_of(loop) < kFewestSteps * lanes_ || loop.body.size() != 1)
      return {};
    const auto* store = std::get_if<Store>(&loop.body[0].kind);
    if (!store || !store->update || program_.buffer(store->buffer).type != DType::f32) return {};
    if (stride_of(program_, store->buffer, store->indices, loop.var) != 0) return {};
    const auto* n = std::get_if<loop::BinaryValue>(&program_.value(store->value).kind);
    if (!n || (n->op != BinaryOp::add && n->op != BinaryOp::max && n->op != BinaryOp::min)) return {};
    for (const auto& [element, term] : {std::pair(n->a, n->b), std::pair(n->b, n->a)}) {
      const auto* load = std::get_if<LoadValue>(&program_.value(element).kind);
      if (load && load->buffer == store->buffer && load->indices == store->indices &&
          runs_along_memory(term, *store, loop))
        return Update{n->op, term};
    }
    return {};
  }

  /// Some load of the term moves to the next element with each iteration, and nothing in it depends on the loop
  /// otherwise, or on the buffer that is updated.
  bool runs_along_memory(ValueId term, const Store& store, const For& loop) const {
    bool moves = false, is_independent = true;
    for_each_load(program_, term, [&](const LoadValue& load) {
      moves = moves || stride_of(program_, load.buffer, load.indices, loop.var) == 1;
      is_independent = is_independent && load.buffer != store.buffer;
    });
    return moves && is_independent && values_run_in_lanes(program_, term, loop.var);
  }

  /// Partial results in lanes, the lanes joined in halves, and the element updated by what they come to.
  void replace(const For& loop, const Update& update, Block& out) {
    std::int64_t width = lanes_;
    while (2 * width <= kMostRegisters * lanes_ && 2 * width * kFewestSteps <= extent_of(loop)) width *= 2;
    const auto& store = std::get<Store>(loop.body[0].kind);
    const BufferId partial = add_partial(program_.buffer(store.buffer), width);
    out.push_back({loop::Allocate{partial}});
    out.push_back(over_lanes(loop, width, [&](const AffineExpr& lane) {
      return Store{partial, {lane}, program_.add({DType::f32, loop::ConstantValue{identity(update.op)}})};
    }));
    const auto updated = [&](const AffineExpr& first) {
      return [&, first](const AffineExpr& lane) {
        const Block term = loop::substitute(program_, loop.body, loop.var, first + lane);
        const auto& n = std::get<loop::BinaryValue>(program_.value(std::get<Store>(term[0].kind).value).kind);
        const auto& original = std::get<loop::BinaryValue>(program_.value(store.value).kind);
        return Store{partial, {lane}, combine(update.op, partial, lane, original.b == update.term ? n.b : n.a), true};
      };
    };
    const std::int64_t steps = extent_of(loop) / width, rest = extent_of(loop) % width;
    const int step = program_.indices.add_loop(steps);
    For main{step, 0, steps, LoopKind::serial, true, loop.stage, loop.name + ".0", {}};
    main.body.push_back(over_lanes(loop, width, updated(AffineTable::variable(step) * width + AffineExpr(loop.begin))));
    out.push_back({std::move(main)});
    if (rest > 0) out.push_back(over_lanes(loop, rest, updated(AffineExpr(loop.begin + steps * width))));
    for (std::int64_t half = width / 2; half > 0; half /= 2)
      out.push_back(over_lanes(loop, half, [&](const AffineExpr& lane) {
        const ValueId other = program_.add({DType::f32, LoadValue{partial, {lane + AffineExpr(half)}}});
        return Store{partial, {lane}, combine(update.op, partial, lane, other)};
      }));
    const ValueId element = program_.add({DType::f32, LoadValue{store.buffer, store.indices}});
    const ValueId joined = program_.add({DType::f32, LoadValue{partial, {AffineExpr(0)}}});
    out.push_back({Store{store.buffer, store.indices,
                         program_.add({DType::f32, loop::BinaryValue{update.op, element, joined}}), true}});
  }

  BufferId add_partial(loop::Buffer buffer, std::int64_t width) {
    buffer.name += ".lanes";
    buffer.shape = {width};
    buffer.scope = loop::Scope::local;
    buffer.argument = -1;
    program_.buffers.push_back(std::move(buffer));
    return static_cast<BufferId>(program_.buffers.size()) - 1;
  }

  /// `store_of(lane)` for each of `width` lanes.
  loop::Stmt over_lanes(const For& loop, std::int64_t width, const auto& store_of) {
    const int lane = program_.indices.add_loop(width);
    For lanes{lane, 0, width, LoopKind::vectorized, false, loop.stage, loop.name + ".1", {}};
    lanes.body.push_back({store_of(AffineTable::variable(lane))});
    return {std::move(lanes)};
  }

  ValueId combine(BinaryOp op, BufferId partial, const AffineExpr& lane, ValueId term) {
    const ValueId element = program_.add({DType::f32, LoadValue{partial, {lane}}});
    return program_.add({DType::f32, loop::BinaryValue{op, element, term}});
  }

  static double identity(BinaryOp op) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return op == BinaryOp::add ? 0 : op == BinaryOp::max ? -kInfinity : kInfinity;
  }

  loop::Program& program_;
  std::int64_t lanes_;
};

}  // namespace

void vectorize_reductions(loop::Program& program, const target::TargetSpec& target) {
  Vectorizer(program, target).visit(program.body);
}

}  // namespace tilewright::cpu
