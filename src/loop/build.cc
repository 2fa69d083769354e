#include "loop/build.h"

#include <algorithm>

namespace tilewright::loop {
namespace {

using schedule::Annotation;
using schedule::ComputeAt;
using schedule::IterKind;
using schedule::Stage;
using schedule::State;

class Builder {
 public:
  Builder(const State& state, Bounds bounds) : state_(state), bounds_(std::move(bounds)) {}

  Result<Program> run() {
    for (int s = 0; s < state_.num_stages(); ++s) {
      const Stage& stage = state_.stage(s);
      if (stage.is_placeholder() || stage.compute_at != ComputeAt::root) continue;
      emit_stage(s, false, bounds_.program.body);
    }
    if (!failure_.message.empty()) return failure_;
    return std::move(bounds_.program);
  }

 private:
  const StageLoops& loops(int s) const { return bounds_.stages[static_cast<std::size_t>(s)]; }

  void emit_stage(int s, bool in_parallel, Block& out) {
    const Stage& stage = state_.stage(s);
    if (stage.is_packed_constant()) return;
    if (stage.compute_at == ComputeAt::iter) out.push_back({Allocate{loops(s).buffer}});
    for (const schedule::Iterator& iter : stage.iters) {
      if (iter.kind == IterKind::mixed)
        return fail("loop {} of stage {} fuses a reduction with a spatial loop", iter.name, stage.tensor->name);
      if (iter.annotation >= Annotation::vthread)
        return fail("loop {} of stage {} is marked {}: no target here has such loops", iter.name, stage.tensor->name,
                    schedule::to_text(iter.annotation));
    }
    if (stage.storage_factor != 1 || stage.storage_offset != 0)
      return fail("stage {} has storage_align({}, {}): no target here aligns the rows of a buffer", stage.tensor->name,
                  stage.storage_factor, stage.storage_offset);
    emit_loops(s, 0, in_parallel, out);
  }

  void emit_loops(int s, std::size_t position, bool in_parallel, Block& out) {
    const Stage& stage = state_.stage(s);
    if (position == stage.iters.size()) return emit_store(s, out);
    const schedule::Iterator& iter = stage.iters[position];
    if (is_reduction(stage) && position == first_reduction(stage)) emit_init(s, position, out);
    const std::vector<int> attached = state_.attached_to(s, static_cast<int>(position));
    const bool innermost = attached.empty() && position + 1 == stage.iters.size();
    Block* body = &out;
    Block own;
    if (loops(s).loops[position] >= 0) body = &own;
    const LoopKind kind = kind_of(iter, innermost);
    if (body == &own && kind == LoopKind::parallel) {
      if (in_parallel)
        return fail("loop {} of stage {} is parallel inside a parallel loop", iter.name, stage.tensor->name);
      in_parallel = true;
    }
    for (int inner : attached) emit_stage(inner, in_parallel, *body);
    emit_loops(s, position + 1, in_parallel, *body);
    if (body == &own) out.push_back({make_for(s, position, kind, std::move(own))});
  }

  For make_for(int s, std::size_t position, LoopKind kind, Block body) {
    const schedule::Iterator& iter = state_.stage(s).iters[position];
    const bool reduction = iter.kind == IterKind::reduction;
    if (kind == LoopKind::parallel && reduction)
      fail("loop {} of stage {} is parallel and reduces", iter.name, state_.stage(s).tensor->name);
    return {loops(s).loops[position], 0, loops(s).extents[position], kind, reduction, s, iter.name, std::move(body)};
  }

  static LoopKind kind_of(const schedule::Iterator& iter, bool innermost) {
    switch (iter.annotation) {
      case Annotation::parallel:
        return LoopKind::parallel;
      case Annotation::unroll:
        return LoopKind::unrolled;
      case Annotation::vectorize:
        return innermost && iter.kind == IterKind::spatial ? LoopKind::vectorized : LoopKind::serial;
      default:
        return LoopKind::serial;
    }
  }

  bool is_reduction(const Stage& stage) const { return !stage.tensor->reduce_axes.empty(); }

  static std::size_t first_reduction(const Stage& stage) {
    const auto it = std::find_if(stage.iters.begin(), stage.iters.end(),
                                 [](const schedule::Iterator& i) { return i.kind == IterKind::reduction; });
    return static_cast<std::size_t>(it - stage.iters.begin());
  }

  /// The identity for every element that the loops from `position` on update.
  void emit_init(int s, std::size_t position, Block& out) {
    const Stage& stage = state_.stage(s);
    Block block;
    std::vector<AffineExpr> guards;
    for (const AffineExpr& guard : loops(s).guards)
      if (!depends_on_reduction(s, guard)) guards.push_back(guard);
    emit_guarded(guards, {Store{loops(s).buffer, result_indices(s), loops(s).init}}, block);
    bool innermost = true;
    for (std::size_t i = stage.iters.size(); i-- > position;) {
      if (stage.iters[i].kind != IterKind::spatial || loops(s).loops[i] < 0) continue;
      LoopKind kind = kind_of(stage.iters[i], innermost);
      innermost = false;
      Block inner = std::move(block);
      block.clear();
      block.push_back({make_for(s, i, kind, std::move(inner))});
    }
    for (Stmt& stmt : block) out.push_back(std::move(stmt));
  }

  bool depends_on_reduction(int s, const AffineExpr& index) const {
    const Stage& stage = state_.stage(s);
    for (std::size_t i = 0; i < stage.iters.size(); ++i)
      if (stage.iters[i].kind == IterKind::reduction && loops(s).loops[i] >= 0 &&
          bounds_.program.indices.depends_on(index, loops(s).loops[i]))
        return true;
    return false;
  }

  void emit_store(int s, Block& out) {
    if (is_reduction(state_.stage(s))) {
      // A reduction whose reduction loops all have extent 1 still needs its initialisation.
      if (first_reduction(state_.stage(s)) == state_.stage(s).iters.size())
        emit_init(s, state_.stage(s).iters.size(), out);
      return emit_guarded(loops(s).guards, {Store{loops(s).buffer, result_indices(s), loops(s).update, true}}, out);
    }
    Block store;
    emit_value(s, loops(s).value, store);
    emit_guarded_block(loops(s).guards, std::move(store), out);
  }

  /// A select on conditions of indices becomes a branch, so that loops can be split where it flips.
  void emit_value(int s, ValueId value, Block& out) {
    if (const auto* select = std::get_if<SelectValue>(&bounds_.program.value(value).kind)) {
      std::vector<AffineExpr> conditions;
      if (conjunction(select->condition, conditions)) {
        If branch{std::move(conditions), {}, {}};
        branch.then.push_back({Store{loops(s).buffer, result_indices(s), select->on_true}});
        branch.otherwise.push_back({Store{loops(s).buffer, result_indices(s), select->on_false}});
        out.push_back({std::move(branch)});
        return;
      }
    }
    out.push_back({Store{loops(s).buffer, result_indices(s), value}});
  }

  bool conjunction(ValueId id, std::vector<AffineExpr>& conditions) const {
    const auto& kind = bounds_.program.value(id).kind;
    if (const auto* leaf = std::get_if<NonNegative>(&kind)) {
      conditions.push_back(leaf->index);
      return true;
    }
    const auto* both = std::get_if<BinaryValue>(&kind);
    return both && both->op == te::BinaryOp::logical_and && conjunction(both->a, conditions) &&
           conjunction(both->b, conditions);
  }

  static void emit_guarded(const std::vector<AffineExpr>& guards, Stmt stmt, Block& out) {
    Block block;
    block.push_back(std::move(stmt));
    emit_guarded_block(guards, std::move(block), out);
  }
  static void emit_guarded_block(const std::vector<AffineExpr>& guards, Block block, Block& out) {
    if (!guards.empty()) {
      If guarded{guards, std::move(block), {}};
      block.clear();
      block.push_back({std::move(guarded)});
    }
    for (Stmt& stmt : block) out.push_back(std::move(stmt));
  }

  /// Relative to the region for a local buffer.
  std::vector<AffineExpr> result_indices(int s) {
    std::vector<AffineExpr> indices;
    const std::size_t rank = state_.stage(s).tensor->axes.size();
    for (std::size_t d = 0; d < rank; ++d)
      indices.push_back(bounds_.program.indices.recombine(loops(s).axis_values[d] - loops(s).axes[d].low));
    return indices;
  }

  template <class... Args>
  void fail(fmt::format_string<Args...> format, Args&&... args) {
    if (failure_.message.empty()) failure_ = failure(format, std::forward<Args>(args)...);
  }

  const State& state_;
  Bounds bounds_;
  Failure failure_;
};

}  // namespace

Result<Program> build_statements(const State& state, Bounds bounds) { return Builder(state, std::move(bounds)).run(); }

}  // namespace tilewright::loop
