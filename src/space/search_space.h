#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "schedule/state.h"
#include "space/factor_table.h"
#include "space/options.h"
#include "te/access.h"

namespace tilewright::space {

/// What the space must know of the machine.
struct Hardware {
  int cores = 1;
  int vector_lanes = 16;  ///< f32 elements per vector register
  int vector_registers = 32;
  std::int64_t l1d_bytes = 32 << 10, l2_bytes = 1 << 20, l3_bytes = 8 << 20;
};

struct Retiling;
class TiledStage;
struct AnnotationRule;
struct Mutation;
struct SketchRule;

/// The search space of one task: its sketches, how to complete one at random, and how to vary a complete state.
/// Sketches are made once, at construction. The extents of all loops of a state that comes from here are known,
/// sketches excepted. Thread-safe: all methods are const and use the caller's Rng.
class SearchSpace {
 public:
  /// `rules`: sketch rules of the user's own, tried before all others (docs/sketch_rules.md).
  SearchSpace(te::DagRef dag, const Hardware& hardware, const SpaceOptions& options,
              std::span<const SketchRule* const> rules = {});
  ~SearchSpace();

  const te::DagRef& dag() const { return dag_; }
  const te::AccessAnalysis& access() const { return *access_; }
  const Hardware& hardware() const { return hardware_; }
  /// In the order in which Ansor generates them (docs/ansor.md §3.1); the full space adds some with packed operands. At
  /// least one.
  const std::vector<schedule::State>& sketches() const { return sketches_; }
  /// A complete state of sketch `sketch` by the annotation rules of the space (docs/ansor.md §4), or nothing if the
  /// draw was invalid.
  std::optional<schedule::State> sample(int sketch, Rng& rng) const;
  /// A variation of `parent` by the named mutation rule, or nothing if the draw was invalid or changed nothing. `mate`:
  /// what crossover takes from; a state of another sketch makes the draw invalid.
  std::optional<schedule::State> mutate(const schedule::State& parent, int mutation, Rng& rng,
                                        const schedule::State* mate = nullptr) const;
  /// `parent` with other lengths of some splits; nothing if that is invalid.
  static std::optional<schedule::State> retile(const schedule::State& parent, std::span<const Retiling> retilings);
  /// The sketch whose steps the state begins with, lengths aside; -1: none.
  int sketch_of(const schedule::State& state) const;
  /// The mutation rules of the space by name, with their odds: Ansor's first (docs/ansor.md §5.3), then finer moves,
  /// whose odds are 0.
  struct MutationInfo {
    std::string name;
    double odds;
    bool moves_factors = false;  ///< between the tile levels of one axis, and nothing else
  };
  std::vector<MutationInfo> mutations() const;
  /// A sensible schedule without search, by a heuristic over shapes and the register file; always lowers.
  schedule::State default_state() const;

 private:
  /// The analysis of the state's current DAG: that of the sketch with the same stages, or a new one.
  std::shared_ptr<const te::AccessAnalysis> access_of(const schedule::State& state) const;

  te::DagRef dag_;
  Hardware hardware_;
  SpaceOptions options_;
  std::vector<const AnnotationRule*> annotations_;
  std::vector<const Mutation*> mutations_;
  std::shared_ptr<const te::AccessAnalysis> access_;
  std::vector<schedule::State> sketches_;
  std::vector<std::shared_ptr<const te::AccessAnalysis>> sketch_access_;  ///< of the sketches' rewritten DAGs
  std::vector<std::vector<TiledStage>> tiled_;                            ///< of the sketches
  FactorTable factors_;
};

}  // namespace tilewright::space
