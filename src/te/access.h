#pragma once

#include <vector>

#include "te/dag.h"

namespace tilewright::te {

/// Static facts about who reads what and how (docs/ansor.md §1.2). Computed once per DAG, read-only afterwards.
class AccessAnalysis {
 public:
  explicit AccessAnalysis(const DagRef& dag);

  /// Every index tuple with which op `consumer` loads op `producer`, in textual order, repeats included.
  const std::vector<std::vector<Expr>>& accesses(int consumer, int producer) const;
  /// All indices of all loads are constants or a spatial axis plus or minus a constant.
  bool is_simple_access(int op) const { return facts_[index(op)].simple_access; }
  /// May be substituted into its readers at no cost: simple, in-order, no repeated axis, no branch, no exp.
  bool is_strictly_inlineable(int op) const { return facts_[index(op)].strictly_inlineable; }
  /// Reuses data: worth SSRSRS tiling.
  bool needs_multi_level_tiling(int op) const { return facts_[index(op)].needs_multi_level_tiling; }
  bool is_output(int op) const { return dag_->is_output(op); }
  bool is_placeholder(int op) const { return dag_->ops()[index(op)]->is_placeholder(); }
  /// Every output element reads each input at most once at an index that no other output element reads (a permutation
  /// or a copy with shifts): no reuse.
  bool is_injective(int op) const { return facts_[index(op)].injective; }
  /// How many leading loops op and its direct or indirect consumer `target` have in common: the least over all paths
  /// between them, op's rank for target == op, 0 without a path.
  int num_common_outer_iterators(int op, int target) const;
  /// From op to target only elementwise hops over one single reader each.
  bool elementwise_match(int op, int target) const;

 private:
  struct Facts {
    bool simple_access = false, strictly_inlineable = false, needs_multi_level_tiling = false, injective = false;
  };
  Facts facts_of(int op) const;
  static std::size_t index(int op) { return static_cast<std::size_t>(op); }
  DagRef dag_;
  std::vector<Facts> facts_;
  std::vector<std::vector<std::vector<std::vector<Expr>>>> accesses_;  ///< [consumer][producer][access][dimension]
};

}  // namespace tilewright::te
