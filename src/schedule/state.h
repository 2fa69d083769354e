#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "schedule/step.h"
#include "te/dag.h"

namespace tilewright::schedule {

enum class IterKind : std::uint8_t { spatial = 0, reduction = 1, mixed = 2, special = 3 };
enum class ComputeAt : std::uint8_t { root, inlined, iter };

/// One loop of a stage.
struct Iterator {
  int id;            ///< node in the stage's relation tree: axes first (spatial, then reduce), then as made
  std::string name;  ///< as TVM names it: "i.0", "i.0@j.0@"
  std::int64_t extent = kUnknown;  ///< iterations, from 0; kUnknown until lengths are chosen or bounds inferred
  IterKind kind = IterKind::spatial;
  Annotation annotation = Annotation::none;
};

/// parent = ((parts[0] * lengths[0] + parts[1]) * lengths[1] + parts[2]) …: `lengths[k]` is the length of parts[k + 1]
/// (inner_to_outer) or of parts[k] (outer_to_inner, the last part takes the rest). kUnknown where not chosen.
struct SplitRelation {
  int parent;
  std::vector<int> parts;             ///< outer to inner, ids
  std::vector<std::int64_t> lengths;  ///< parts.size() - 1
  bool inner_to_outer = true;
};
/// parts[0] outermost; fused = (parts[0] * extent(parts[1]) + parts[1]) * …. No parts: a loop of extent 1.
struct FuseRelation {
  std::vector<int> parts;
  int fused;
};
using Relation = std::variant<SplitRelation, FuseRelation>;

/// One operation of the (rewritten) DAG and its loops. Shared between states; copied when written.
struct Stage {
  te::Tensor tensor;
  std::vector<Iterator> iters;      ///< outermost first; empty for a placeholder
  std::vector<Relation> relations;  ///< in the order in which they were made
  int next_id = 0;                  ///< id for the next iterator
  ComputeAt compute_at = ComputeAt::root;
  int attach_stage = -1, attach_iter = -1;  ///< with ComputeAt::iter: position of the loop it is computed in
  int attached_by = -1;                     ///< with ComputeAt::iter: position of the step that put it there
  int auto_unroll_max_step = 0;
  int storage_factor = 1, storage_offset = 0;  ///< of storage_align, which no target of ours has a use for
  bool prefetch_constants = true, stream_stores = false;
  bool is_placeholder() const { return tensor->is_placeholder(); }
  /// A copy of a constant in blocks, made when the schedule is compiled (cache_read into kPackedScope): no code runs.
  bool is_packed_constant() const { return tensor->attributes.contains(kPackedScope); }
};

/// A schedule as a value: the base DAG and a list of steps, with the stages they lead to. Copies are cheap (stages and
/// steps are shared, copied on write). Replaying `steps()` on `initial(base_dag())` gives an equal state.
class State {
 public:
  static State initial(te::DagRef dag);

  /// Applies the step and appends it. On Failure the state is unchanged. Messages name the step, the stage and both
  /// values: "split: length 0 of loop i in stage C must be at least 1".
  Status apply(const Step& step);
  /// initial(dag) with all steps applied.
  static Result<State> replay(te::DagRef dag, const std::vector<Step>& steps);

  const te::DagRef& base_dag() const { return base_dag_; }
  /// The DAG after cache_read, cache_write and rfactor; stage i computes dag()->ops()[i].
  const te::DagRef& dag() const { return dag_; }
  int num_stages() const { return static_cast<int>(stages_.size()); }
  const Stage& stage(int i) const { return *stages_[static_cast<std::size_t>(i)]; }
  int num_steps() const { return static_cast<int>(steps_.size()); }
  const Step& step(int i) const { return *steps_[static_cast<std::size_t>(i)]; }
  std::vector<Step> steps() const;
  /// Stages attached to loop `iter` of stage `stage`, ascending.
  std::vector<int> attached_to(int stage, int iter) const;
  bool has_attached(int stage, int iter) const;
  /// All split lengths are chosen.
  bool is_concrete() const;
  /// The same state with another step at position `index`, replayed from the start (a mutated tile size, say).
  Result<State> with_step(int index, Step replacement) const;
  /// The same with several other steps, by position.
  Result<State> with_steps(std::map<int, Step> replacements) const;

  /// Sets iterator extents found by bound inference (loop::infer_extents), [stage][iter]; kUnknown entries are kept.
  void set_extents(const std::vector<std::vector<std::int64_t>>& extents);

 private:
  friend class StepApplier;
  Status apply_shared(std::shared_ptr<const Step> step);

  te::DagRef base_dag_, dag_;
  std::vector<std::shared_ptr<const Stage>> stages_;
  std::vector<std::shared_ptr<const Step>> steps_;
};

/// Pseudo-code exactly as Ansor prints a state (docs/ansor.md §2.1 "text form"); extents that are unknown print
/// "(None)". `delete_trivial_loops`: loops of extent 1 are left out (they are, in the form that serves as identity).
std::string to_text(const State& state, bool delete_trivial_loops = true);
/// Hash of what to_text shows, without making the text. The order in which stages were put into one loop is left out:
/// the program does not depend on it.
std::uint64_t structural_hash(const State& state);

}  // namespace tilewright::schedule
