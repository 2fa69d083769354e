// RF: a reduction becomes a parallel one over slices, and one that combines the slices.
#include <algorithm>
#include <limits>

#include "base/integer.h"
#include "schedule/rewrite_dag.h"
#include "schedule/step_applier.h"

namespace tilewright::schedule {
namespace {

/// Every node of a stage's relation tree as TVM names it in a rewritten operation, and its extent.
struct Nodes {
  std::vector<std::string> names;
  std::vector<std::int64_t> extents;
};

/// An unchosen length counts as 1, so that a sketch has loops to go on with (docs/ansor.md §3.1).
std::int64_t chosen(std::int64_t length) { return length == kUnknown ? 1 : length; }

void add_parts(Nodes& nodes, const SplitRelation& split) {
  const auto n = split.lengths.size();
  std::int64_t rest = nodes.extents[static_cast<std::size_t>(split.parent)];
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t part = split.inner_to_outer ? n - k : k;
    const std::int64_t length = chosen(split.lengths[split.inner_to_outer ? part - 1 : part]);
    nodes.extents[static_cast<std::size_t>(split.parts[part])] = length;
    rest = rest / length + (rest % length != 0 ? 1 : 0);  // not ceil_div: rest may be the largest number
  }
  nodes.extents[static_cast<std::size_t>(split.parts[split.inner_to_outer ? 0 : n])] = rest;
  for (std::size_t part = 0; part <= n; ++part) {
    std::string name = nodes.names[static_cast<std::size_t>(split.parent)];
    for (std::size_t k = 0; k < n - part; ++k) name += "_o";
    nodes.names[static_cast<std::size_t>(split.parts[part])] = part == 0 ? name : name + "_i";
  }
}

void add_fused(Nodes& nodes, const FuseRelation& fuse) {
  std::string name;
  std::int64_t extent = 1;
  for (int part : fuse.parts) {
    if (__builtin_mul_overflow(extent, nodes.extents[static_cast<std::size_t>(part)], &extent))
      extent = std::numeric_limits<std::int64_t>::max();  // refused below, like all that a 32-bit index can't count
    const std::string& part_name = nodes.names[static_cast<std::size_t>(part)];
    name = name.empty() ? part_name : name + "_" + part_name + "_fused";
  }
  nodes.extents[static_cast<std::size_t>(fuse.fused)] = extent;
  nodes.names[static_cast<std::size_t>(fuse.fused)] = name;
}

Nodes nodes_of(const Stage& stage) {
  const Stage fresh = fresh_stage(stage.tensor);
  Nodes nodes{std::vector<std::string>(static_cast<std::size_t>(stage.next_id)),
              std::vector<std::int64_t>(static_cast<std::size_t>(stage.next_id), 1)};
  for (const Iterator& axis : fresh.iters) {
    nodes.names[static_cast<std::size_t>(axis.id)] = axis.name;
    nodes.extents[static_cast<std::size_t>(axis.id)] = axis.extent;
  }
  for (const Relation& relation : stage.relations)
    match_variant(
        relation, [&](const SplitRelation& split) { add_parts(nodes, split); },
        [&](const FuseRelation& fuse) { add_fused(nodes, fuse); });
  return nodes;
}

/// The loops of a stage as new axes, and its old axes as expressions of them.
struct Factored {
  std::vector<te::AxisRef> spatial, reduce;
  te::AxisRef factor;            ///< the loop that is factored out, also among `spatial`
  std::vector<te::Expr> values;  ///< by node id
  te::Expr guard;                ///< true inside the old domain; null where that is always so
};

/// Parents from parts: the relations read backwards, from the loops to the axes.
void derive_axes(Factored& factored, const Stage& stage, const Nodes& nodes) {
  const auto value = [&](int id) -> te::Expr& { return factored.values[static_cast<std::size_t>(id)]; };
  const auto extent = [&](int id) { return nodes.extents[static_cast<std::size_t>(id)]; };
  const auto split_parent = [&](const SplitRelation& split) {
    te::Expr sum = value(split.parts[0]);
    std::int64_t total = extent(split.parts[0]);
    for (std::size_t k = 1; k < split.parts.size(); ++k) {
      sum = sum * te::integer(extent(split.parts[k])) + value(split.parts[k]);
      total *= extent(split.parts[k]);
    }
    value(split.parent) = sum;
    if (total == extent(split.parent)) return;
    const te::Expr inside = sum < te::integer(extent(split.parent));
    factored.guard = factored.guard ? factored.guard && inside : inside;
  };
  const auto fuse_parts = [&](const FuseRelation& fuse) {
    te::Expr rest = value(fuse.fused);
    for (std::size_t k = fuse.parts.size(); k-- > 1;) {
      value(fuse.parts[k]) = te::floor_mod(rest, te::integer(extent(fuse.parts[k])));
      rest = te::floor_div(rest, te::integer(extent(fuse.parts[k])));
    }
    value(fuse.parts[0]) = rest;
  };
  for (std::size_t r = stage.relations.size(); r-- > 0;) match_variant(stage.relations[r], split_parent, fuse_parts);
}

Factored factor(const Stage& stage, const Nodes& nodes, int loop, int factor_axis) {
  const int axes = static_cast<int>(stage.tensor->axes.size() + stage.tensor->reduce_axes.size());
  Factored factored;
  factored.values.resize(nodes.names.size());
  std::vector<te::AxisRef> touched;
  for (const Iterator& iter : stage.iters) {
    const auto id = static_cast<std::size_t>(iter.id);
    const bool is_factor = &iter == &stage.iters[static_cast<std::size_t>(loop)];
    const bool spatial = iter.kind == IterKind::spatial || is_factor;
    const te::AxisRef axis = spatial ? te::make_axis(nodes.names[id], nodes.extents[id])
                                     : te::reduce_axis(nodes.extents[id], nodes.names[id]);
    factored.values[id] = te::Expr(axis);
    if (is_factor) {
      factored.factor = axis;
    } else {
      (spatial ? factored.spatial : iter.id < axes ? factored.reduce : touched).push_back(axis);
    }
  }
  factored.spatial.insert(factored.spatial.begin() + factor_axis, factored.factor);
  factored.reduce.insert(factored.reduce.end(), touched.begin(), touched.end());
  derive_axes(factored, stage, nodes);
  return factored;
}

/// The slices: the old reduction with `factor` moved among the spatial axes.
te::Tensor slices(const te::Tensor& old, const Factored& factored) {
  std::vector<std::pair<const te::Axis*, te::Expr>> by;
  std::size_t id = 0;
  for (const auto* axes : {&old->axes, &old->reduce_axes})
    for (const te::AxisRef& axis : *axes) by.emplace_back(axis.get(), factored.values[id++]);
  const te::Reduce& reduction = *te::as<te::Reduce>(old->body);
  te::Expr source = te::substitute(reduction.source, by);
  if (factored.guard) source = te::select(factored.guard, source, te::identity(reduction.combiner, old->type));
  return te::compute_on(factored.spatial, old->name + ".rf", te::reduce(reduction.combiner, source, factored.reduce),
                        old->attributes);
}

te::Tensor combine_slices(const te::Tensor& old, const te::Tensor& rf, const Factored& factored, int factor_axis) {
  const te::AxisRef slice = te::reduce_axis(factored.factor->extent, factored.factor->name + "_v");
  std::vector<te::AxisRef> axes;
  std::vector<te::Expr> indices;
  for (int d = 0; d < old.rank(); ++d) {
    axes.push_back(te::make_axis("ax" + std::to_string(d), old.dim(d)));
    indices.emplace_back(axes.back());
  }
  indices.insert(indices.begin() + factor_axis, te::Expr(slice));
  const te::Combiner combiner = te::as<te::Reduce>(old->body)->combiner;
  return te::compute_on(std::move(axes), old->name + ".repl", te::reduce(combiner, rf(indices), {slice}));
}

/// The loops of `stage` are its spatial axes, untouched and in order, then parts of its reduction.
bool spatial_loops_untouched(const Stage& stage) {
  const std::size_t spatial = stage.tensor->axes.size();
  for (std::size_t i = 0; i < stage.iters.size(); ++i)
    if (i < spatial ? stage.iters[i].id != static_cast<int>(i) : stage.iters[i].kind != IterKind::reduction)
      return false;
  return stage.iters.size() > spatial;
}

}  // namespace

Status StepApplier::operator()(const RfactorStep& step) {
  if (Status ok = check_loop("rfactor", step.stage, step.iter); !ok) return ok;
  const Stage& stage = state_.stage(step.stage);
  const te::Tensor old = stage.tensor;
  const Iterator& loop = stage.iters[static_cast<std::size_t>(step.iter)];
  if (loop.kind != IterKind::reduction)
    return failure("rfactor: loop {} of stage {} does not reduce", loop.name, old->name);
  const auto* last = state_.num_steps() == 0 ? nullptr : std::get_if<SplitStep>(&state_.step(state_.num_steps() - 1));
  if (!last || last->stage != step.stage)
    return failure("rfactor: the step before must split a loop of stage {}", old->name);
  if (!spatial_loops_untouched(stage))
    return failure("rfactor: only reduction loops of stage {} may be split or fused before", old->name);
  if (loop.id < static_cast<int>(old->axes.size() + old->reduce_axes.size()))
    return failure("rfactor: loop {} of stage {} is not a part of the split before", loop.name, old->name);
  if (step.factor_axis < 0 || step.factor_axis > old.rank())
    return failure("rfactor: axis {} is not in 0 to {}, the rank of stage {}", step.factor_axis, old.rank(), old->name);
  if (has_any_attached(step.stage)) return failure("rfactor: other stages are computed inside stage {}", old->name);

  const Nodes nodes = nodes_of(stage);
  for (std::size_t id = 0; id < nodes.names.size(); ++id)
    if (nodes.extents[id] > std::numeric_limits<std::int32_t>::max())
      return failure("rfactor: {} iterations of loop {} in stage {} do not fit a 32-bit index", nodes.extents[id],
                     nodes.names[id], old->name);

  const Factored factored = factor(stage, nodes, step.iter, step.factor_axis);
  const te::Tensor rf = slices(old, factored);
  const te::Tensor repl = combine_slices(old, rf, factored, step.factor_axis);
  insert_stage(step.stage, insert(*state_.dag(), {step.stage, rf, repl, {}}));
  Stage& combined = writable(step.stage + 1);
  Stage next = fresh_stage(repl);
  next.compute_at = combined.compute_at;
  next.attach_stage = combined.attach_stage;
  next.attach_iter = combined.attach_iter;
  combined = std::move(next);
  return {};
}

}  // namespace tilewright::schedule
