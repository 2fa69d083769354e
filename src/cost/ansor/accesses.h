#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cost/ansor/statements.h"

namespace tilewright::cost::ansor {

/// The loops around a statement, outermost first, and where their variables stand.
class Chain {
 public:
  static constexpr int kDeepest = 63;  ///< loops further in are left out (a statement in so many does not occur)

  explicit Chain(const loop::Bounds& bounds)
      : depth_of_atom_(static_cast<std::size_t>(bounds.program.indices.size()), -1) {}
  void enter(const Statements& all, int innermost);
  int size() const { return static_cast<int>(loops_.size()); }
  int id(int depth) const { return loops_[static_cast<std::size_t>(depth)]; }
  const Loop& loop(int depth) const { return all_->loops[static_cast<std::size_t>(id(depth))]; }
  std::int64_t extent(int depth) const { return extents_[static_cast<std::size_t>(depth)]; }
  /// -1 if it is not among them.
  int depth_of(int atom) const { return depth_of_atom_[static_cast<std::size_t>(atom)]; }

 private:
  const Statements* all_ = nullptr;
  std::vector<int> loops_, depth_of_atom_;
  std::vector<std::int64_t> extents_;
};

/// What a statement does with one buffer. Level k: the loops of depth k and deeper run, those outside stand at their
/// first iteration; the last level: none runs.
struct BufferAccess {
  loop::BufferId buffer = -1;
  bool reads = false, writes = false;
  std::vector<double> touched;  ///< per level: elements in the box around what is touched
  std::vector<double> region;   ///< per dimension: length of that box when all loops run
  std::vector<double> strides;  ///< per depth: elements between two iterations, as Ansor estimates them
  std::uint64_t depends = 0;    ///< bit k: an index varies with the loop of depth k
  bool depends_on(int depth) const { return (depends >> depth & 1) != 0; }
};

/// The buffer that a statement writes, then those that it reads in order of first appearance, each once. Indices are
/// taken in coordinates of the whole tensor, as Ansor sees them. Strides follow Ansor's heuristic walk over an index
/// (docs/ansor.md §6.2), quirks included: of several multipliers the last one wins.
class AccessReader {
 public:
  AccessReader(const schedule::State& state, const loop::Bounds& bounds)
      : state_(state), bounds_(bounds), visited_(bounds.program.values.size(), -1) {}
  /// Valid until the next call.
  std::span<const BufferAccess> read(const Statement& statement, const Chain& chain);
  /// Length of the dimensions of the whole tensor that a buffer holds, or a part of.
  const std::vector<std::int64_t>& shape_of(loop::BufferId buffer) const;

 private:
  using Levels = std::vector<std::int64_t>;
  struct Box {
    std::vector<Levels> low, high;  ///< per dimension: bounds of the index per level
  };
  void add_loads(loop::ValueId id, const Chain& chain);
  void add_access(loop::BufferId buffer, bool write, const std::vector<loop::AffineExpr>& indices, const Chain& chain);
  std::size_t slot_of(loop::BufferId buffer, const Chain& chain);
  std::uint64_t add_bounds(const loop::AffineExpr& index, const Chain& chain, Levels& low, Levels& high) const;
  std::uint64_t add_atom(const loop::AffineAtom& atom, std::int64_t factor, const Chain& chain, Levels& low,
                         Levels& high) const;
  std::uint64_t varies_with(const loop::AffineExpr& index, const Chain& chain) const;
  void add_strides(const loop::AffineExpr& index, double row, const Chain& chain, std::uint64_t& found,
                   std::vector<double>& strides);
  void finish(const Chain& chain);

  const schedule::State& state_;
  const loop::Bounds& bounds_;
  std::vector<BufferAccess> accesses_;  ///< the first `used_` of them; the rest keep their memory
  std::vector<Box> boxes_;
  std::size_t used_ = 0;
  std::vector<int> visited_;  ///< per value: the last call that it was visited in
  int call_ = 0;
  struct Term {
    int depth;  ///< of the innermost loop in it
    std::uint64_t loops;
    double factor;
  };
  std::vector<Term> terms_;
};

}  // namespace tilewright::cost::ansor
