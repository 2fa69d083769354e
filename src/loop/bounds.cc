#include "loop/bounds.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/integer.h"
#include "loop/region.h"
#include "loop/translate.h"

namespace tilewright::loop {
namespace {

using schedule::ComputeAt;
using schedule::kUnknown;
using schedule::Stage;
using schedule::State;

/// Extents and values of every node of a stage's relation tree, by id.
struct Tree {
  std::vector<std::int64_t> extents;
  std::vector<AffineExpr> values;
};

class BoundInference {
 public:
  explicit BoundInference(const State& state) : state_(state) {}

  Result<Bounds> run() {
    out_.program.dag = state_.base_dag();
    out_.stages.resize(static_cast<std::size_t>(state_.num_stages()));
    make_buffers();
    for (int s = state_.num_stages(); s-- > 0;) {
      const Stage& stage = state_.stage(s);
      if (stage.is_placeholder() || stage.compute_at == ComputeAt::inlined) continue;
      if (Status ok = find_axes(s); !ok) return ok.failure();
      if (stage.is_packed_constant()) {
        if (Status ok = pack(s); !ok) return ok.failure();
        continue;
      }
      if (Status ok = make_loops(s); !ok) return ok.failure();
      translate(s);
    }
    return std::move(out_);
  }

 private:
  StageLoops& loops(int s) { return out_.stages[static_cast<std::size_t>(s)]; }

  /// One buffer for each stage that is stored; shapes of local ones are set when their region is known.
  void make_buffers() {
    const auto& dag = *state_.dag();
    const auto& arguments = dag.arguments();
    for (int s = 0; s < state_.num_stages(); ++s) {
      const Stage& stage = state_.stage(s);
      out_.program.hints.push_back({stage.prefetch_constants, stage.stream_stores, stage.auto_unroll_max_step});
      buffers_.push_back(-1);
      if (stage.compute_at == ComputeAt::inlined || is_packed(s)) continue;
      Buffer buffer{stage.tensor->name,
                    stage.tensor->type,
                    stage.tensor->shape,
                    Scope::workspace,
                    -1,
                    stage.is_placeholder() || stage.is_packed_constant() ? -1 : s};
      const te::Tensor& held = stage.is_packed_constant() ? packed_by(s) : stage.tensor;
      for (std::size_t a = 0; a < arguments.size(); ++a)
        if (arguments[a].op() == held.op()) buffer.argument = static_cast<int>(a);
      if (buffer.argument >= 0)
        buffer.scope = Scope::argument;
      else if (stage.compute_at == ComputeAt::iter)
        buffer.scope = Scope::local;
      buffers_.back() = loops(s).buffer = static_cast<BufferId>(out_.program.buffers.size());
      out_.program.buffers.push_back(std::move(buffer));
    }
  }

  /// The constant that a packed copy is of.
  const te::Tensor& packed_by(int s) const {
    const te::Dag& dag = *state_.dag();
    return dag.ops()[static_cast<std::size_t>(dag.reads(s)[0])];
  }
  /// A constant that is there only as a packed copy.
  bool is_packed(int s) const {
    const std::vector<int>& readers = state_.dag()->readers(s);
    return readers.size() == 1 && state_.stage(readers[0]).is_packed_constant();
  }

  Status find_axes(int s) {
    const te::Operation& op = *state_.stage(s).tensor;
    std::vector<Span>& axes = loops(s).axes;
    for (const te::AxisRef& axis : op.axes) axes.push_back({AffineExpr(0), axis->extent});
    if (state_.stage(s).compute_at == ComputeAt::iter) {
      if (Status ok = find_region(s, axes); !ok) return ok;
    }
    for (const te::AxisRef& axis : op.reduce_axes) axes.push_back({AffineExpr(0), axis->extent});
    return {};
  }

  /// What one iteration of the attach loop reads of stage s. Rebases the loads: their indices become relative to it.
  Status find_region(int s, std::vector<Span>& axes) {
    const Stage& stage = state_.stage(s);
    const std::vector<bool> fixed = fixed_loops(stage.attach_stage, stage.attach_iter);
    std::vector<std::optional<Span>> region(axes.size());
    std::vector<bool> whole(axes.size(), false);
    bool is_read = false;
    for (auto& [load, reader] : loads_) {
      const auto& node = std::get<LoadValue>(out_.program.value(load).kind);
      if (node.buffer != loops(s).buffer) continue;
      is_read = true;
      if (!encloses(stage.attach_stage, stage.attach_iter, reader))
        return failure("stage {} is computed at loop {} of stage {}, which does not enclose its reader {}",
                       stage.tensor->name, stage.attach_iter, state_.stage(stage.attach_stage).tensor->name,
                       state_.stage(reader).tensor->name);
      for (std::size_t d = 0; d < axes.size(); ++d) {
        const AffineExpr index = std::get<LoadValue>(out_.program.value(load).kind).indices[d];
        const Span span = span_of(out_.program.indices, index, fixed);
        const std::optional<Span> both = region[d] ? unite(*region[d], span) : span;
        whole[d] = whole[d] || !both;
        if (both) region[d] = both;
      }
    }
    if (!is_read) return failure("stage {} is attached but nothing reads it", stage.tensor->name);
    Buffer& buffer = out_.program.buffers[static_cast<std::size_t>(loops(s).buffer)];
    for (std::size_t d = 0; d < axes.size(); ++d) {
      if (!whole[d] && region[d]->extent < axes[d].extent) axes[d] = *region[d];
      buffer.shape[d] = axes[d].extent;
    }
    if (!stage.is_packed_constant()) rebase_loads(loops(s).buffer, axes);
    return {};
  }

  /// Lays a constant out in the blocks that one iteration of its attach loop reads: in the order in which the loops
  /// outside go through the blocks, and the loops inside through the elements of one.
  Status pack(int s) {
    const std::vector<Span>& axes = loops(s).axes;
    Buffer& buffer = out_.program.buffers[static_cast<std::size_t>(loops(s).buffer)];
    BlockedLayout layout{state_.stage(s).tensor->shape, {}, {}, {}};
    std::vector<AffineExpr> block_of;
    for (const Span& axis : axes) {
      layout.block.push_back(axis.extent);
      block_of.push_back(out_.program.indices.quotient(axis.low, axis.extent));
      if (out_.program.indices.recombine(block_of.back() * axis.extent) != out_.program.indices.recombine(axis.low))
        return failure("stage {} can't be packed: its blocks of {} elements do not begin at multiples of that",
                       buffer.name, axis.extent);
    }
    std::vector<std::vector<AffineExpr>*> loads = loads_of(loops(s).buffer);
    layout.outer = by_loop_order(block_of);
    rebase_loads(loops(s).buffer, axes);
    layout.inner = by_loop_order(*loads.front());
    for (std::vector<AffineExpr>* indices : loads) {
      std::vector<AffineExpr> blocked;
      for (int d : layout.outer) blocked.push_back(block_of[static_cast<std::size_t>(d)]);
      for (int d : layout.inner) blocked.push_back((*indices)[static_cast<std::size_t>(d)]);
      *indices = std::move(blocked);
    }
    buffer.shape = layout.blocked_shape();
    out_.program.packed.push_back({buffer.argument, std::move(layout)});
    return {};
  }

  std::vector<std::vector<AffineExpr>*> loads_of(BufferId buffer) {
    std::vector<std::vector<AffineExpr>*> found;
    for (auto& [load, reader] : loads_) {
      auto& node = std::get<LoadValue>(out_.program.values[static_cast<std::size_t>(load)].kind);
      if (node.buffer == buffer) found.push_back(&node.indices);
    }
    return found;
  }

  /// Dimensions by the innermost loop that moves their index, the outermost first: loops are numbered as they nest.
  std::vector<int> by_loop_order(const std::vector<AffineExpr>& indices) const {
    std::vector<int> innermost(indices.size(), -1), order(indices.size());
    for (std::size_t d = 0; d < indices.size(); ++d)
      for (int atom = 0; atom < out_.program.indices.size(); ++atom)
        if (out_.program.indices.atom(atom).kind == AffineAtom::Kind::loop &&
            out_.program.indices.depends_on(indices[d], atom))
          innermost[d] = atom;
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return innermost[static_cast<std::size_t>(a)] < innermost[static_cast<std::size_t>(b)];
    });
    return order;
  }

  void rebase_loads(BufferId buffer, const std::vector<Span>& axes) {
    for (auto& [load, reader] : loads_) {
      auto& node = std::get<LoadValue>(out_.program.values[static_cast<std::size_t>(load)].kind);
      if (node.buffer != buffer) continue;
      for (std::size_t d = 0; d < axes.size(); ++d)
        node.indices[d] =
            axes[d].extent == 1 ? AffineExpr(0) : out_.program.indices.recombine(node.indices[d] - axes[d].low);
    }
  }

  /// Loop atoms that do not change during one iteration of loop `iter` of `stage`.
  std::vector<bool> fixed_loops(int stage, int iter) const {
    std::vector<bool> fixed(static_cast<std::size_t>(out_.program.indices.size()), false);
    while (true) {
      const std::vector<int>& atoms = out_.stages[static_cast<std::size_t>(stage)].loops;
      for (int i = 0; i <= iter; ++i)
        if (atoms[static_cast<std::size_t>(i)] >= 0)
          fixed[static_cast<std::size_t>(atoms[static_cast<std::size_t>(i)])] = true;
      const Stage& at = state_.stage(stage);
      if (at.compute_at != ComputeAt::iter) return fixed;
      stage = at.attach_stage;
      iter = at.attach_iter;
    }
  }

  /// Whether stage `inner` runs inside loop `iter` of `stage`.
  bool encloses(int stage, int iter, int inner) const {
    while (inner != stage) {
      const Stage& at = state_.stage(inner);
      if (at.compute_at != ComputeAt::iter) return false;
      if (at.attach_stage == stage) return at.attach_iter >= iter;
      inner = at.attach_stage;
    }
    return true;
  }

  Status make_loops(int s) {
    const Stage& stage = state_.stage(s);
    Tree tree;
    tree.extents.assign(static_cast<std::size_t>(stage.next_id), kUnknown);
    tree.values.resize(static_cast<std::size_t>(stage.next_id));
    StageLoops& out = loops(s);
    for (std::size_t a = 0; a < out.axes.size(); ++a) tree.extents[a] = out.axes[a].extent;
    for (const schedule::Relation& relation : stage.relations)
      if (Status ok = pass_down(stage, relation, tree); !ok) return ok;
    for (const schedule::Iterator& iter : stage.iters) {
      const auto id = static_cast<std::size_t>(iter.id);
      out.extents.push_back(tree.extents[id]);
      out.loops.push_back(tree.extents[id] == 1 ? -1 : out_.program.indices.add_loop(tree.extents[id]));
      if (out.loops.back() >= 0) tree.values[id] = AffineTable::variable(out.loops.back());
    }
    for (std::size_t r = stage.relations.size(); r-- > 0;) pass_up(stage.relations[r], tree, out.guards);
    guard_edges(stage, tree, out);
    return {};
  }

  static Status pass_down(const Stage& stage, const schedule::Relation& relation, Tree& tree) {
    auto extent = [&](int id) -> std::int64_t& { return tree.extents[static_cast<std::size_t>(id)]; };
    if (const auto* fuse = std::get_if<schedule::FuseRelation>(&relation)) {
      extent(fuse->fused) = 1;
      for (int part : fuse->parts) extent(fuse->fused) *= extent(part);
      return {};
    }
    const auto& split = std::get<schedule::SplitRelation>(relation);
    std::int64_t rest = extent(split.parent);
    for (std::int64_t length : split.lengths)
      if (length < 1) return failure("a split of stage {} has a length that is not chosen", stage.tensor->name);
    const std::size_t n = split.lengths.size();
    if (split.inner_to_outer) {
      for (std::size_t k = n; k > 0; --k) {
        extent(split.parts[k]) = std::min(rest, split.lengths[k - 1]);
        rest = ceil_div(rest, split.lengths[k - 1]);
      }
      extent(split.parts[0]) = rest;
    } else {
      for (std::size_t k = 0; k < n; ++k) {
        const std::int64_t inner = ceil_div(rest, split.lengths[k]);
        extent(split.parts[k]) = ceil_div(rest, inner);
        rest = inner;
      }
      extent(split.parts[n]) = rest;
    }
    return {};
  }

  void pass_up(const schedule::Relation& relation, Tree& tree, std::vector<AffineExpr>& guards) {
    auto extent = [&](int id) { return tree.extents[static_cast<std::size_t>(id)]; };
    auto value = [&](int id) -> AffineExpr& { return tree.values[static_cast<std::size_t>(id)]; };
    AffineTable& table = out_.program.indices;
    if (const auto* fuse = std::get_if<schedule::FuseRelation>(&relation)) {
      AffineExpr rest = value(fuse->fused);
      for (std::size_t k = fuse->parts.size(); k-- > 0;) {
        const int part = fuse->parts[k];
        value(part) = k == 0 ? rest : table.remainder(rest, extent(part));
        rest = table.quotient(rest, extent(part));
      }
      return;
    }
    const auto& split = std::get<schedule::SplitRelation>(relation);
    AffineExpr sum;
    std::int64_t covered = 1;
    for (int part : split.parts) {
      sum = sum * extent(part) + value(part);
      covered *= extent(part);
    }
    value(split.parent) = table.recombine(sum);
    if (covered > extent(split.parent)) add_guard(AffineExpr(extent(split.parent) - 1) - value(split.parent), guards);
  }

  /// A region may reach over the edge of its tensor: nothing is computed there.
  void guard_edges(const Stage& stage, const Tree& tree, StageLoops& out) {
    for (std::size_t a = 0; a < out.axes.size(); ++a) {
      const AffineExpr value = out_.program.indices.recombine(out.axes[a].low + tree.values[a]);
      out.axis_values.push_back(value);
      if (a >= stage.tensor->axes.size()) continue;
      add_guard(value, out.guards);
      add_guard(AffineExpr(stage.tensor->axes[a]->extent - 1) - value, out.guards);
    }
  }

  void add_guard(AffineExpr condition, std::vector<AffineExpr>& guards) {
    if (out_.program.indices.range(condition).low >= 0) return;
    if (std::find(guards.begin(), guards.end(), condition) == guards.end()) guards.push_back(std::move(condition));
  }

  void translate(int s) {
    const te::Operation& op = *state_.stage(s).tensor;
    StageLoops& out = loops(s);
    Translator::Axes axes;
    for (std::size_t a = 0; a < op.axes.size(); ++a) axes.emplace_back(op.axes[a].get(), out.axis_values[a]);
    for (std::size_t a = 0; a < op.reduce_axes.size(); ++a)
      axes.emplace_back(op.reduce_axes[a].get(), out.axis_values[op.axes.size() + a]);
    const auto before = out_.program.values.size();
    Translator translator(state_, buffers_, out_.program);
    if (const auto* reduce = te::as<te::Reduce>(op.body)) {
      out.init = translator.value(te::identity(reduce->combiner, op.type), {});
      const ValueId term = translator.value(reduce->source, axes);
      const ValueId own = out_.program.add({op.type, LoadValue{out.buffer, result_indices(s)}});
      out.update = out_.program.add({op.type, BinaryValue{te::operation_of(reduce->combiner), own, term}});
    } else {
      out.value = translator.value(op.body, axes);
    }
    for (std::size_t id = before; id < out_.program.values.size(); ++id)
      if (const auto* load = std::get_if<LoadValue>(&out_.program.values[id].kind); load && load->buffer != out.buffer)
        loads_.emplace_back(static_cast<ValueId>(id), s);
  }

  /// Where the element is stored: relative to the region for a local buffer.
  std::vector<AffineExpr> result_indices(int s) {
    std::vector<AffineExpr> indices;
    const std::size_t rank = state_.stage(s).tensor->axes.size();
    for (std::size_t d = 0; d < rank; ++d)
      indices.push_back(out_.program.indices.recombine(loops(s).axis_values[d] - loops(s).axes[d].low));
    return indices;
  }

  const State& state_;
  Bounds out_;
  std::vector<BufferId> buffers_;
  std::vector<std::pair<ValueId, int>> loads_;  ///< and the stage that loads
};

}  // namespace

Result<Bounds> infer_bounds(const State& state) { return BoundInference(state).run(); }

}  // namespace tilewright::loop
