#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "schedule/state.h"
#include "space/reduction_tiling.h"
#include "space/search_space.h"

namespace tilewright::space {

/// A stage of a sketch whose loops are open in all levels of SSRSRS: what the full space knows before it draws.
///
/// It fills the levels from the inside: the register tile (rows x vectors) from a table of those that fit the register
/// file, the better ones more often; then, around it, either a plain nest that keeps the tile in registers for the
/// whole reduction, or a block of tiles that shares a chunk of the reduction, sized by what the second-level cache
/// holds.
class TiledStage {
 public:
  /// `spatial`, `reduce`: positions of the split steps, in the order of the operation's axes. `packed`: an operand is
  /// copied block by block, which pays only in blocks.
  TiledStage(te::Tensor tensor, std::vector<int> spatial, std::vector<int> reduce, bool packed,
             const Hardware& hardware, const SpaceOptions& options);

  /// Draws all lengths into the split steps.
  void fill(std::vector<schedule::Step>& steps, Rng& rng) const;
  /// Draws another register tile only; the outer levels keep their lengths where they still fit.
  void change_tile(std::vector<schedule::Step>& steps, Rng& rng) const;

  const te::Tensor& tensor() const { return tensor_; }
  int vector_axis() const { return tiling_.vector_axis; }

 private:
  struct Levels {
    std::vector<std::int64_t> tile, block, outer;  ///< per spatial axis: lengths of levels 3, 2 and 1
    std::vector<std::int64_t> chunk;               ///< per reduction axis
  };
  void draw_tile(Levels& levels, Rng& rng) const;
  void draw_unroll(Levels& levels, Rng& rng) const;
  bool draw_block(Levels& levels, Rng& rng) const;
  void draw_outer(Levels& levels, Rng& rng) const;
  std::int64_t block_bytes(const Levels& levels) const;
  std::int64_t vector_operations(const Levels& levels) const;
  /// Lengths worth trying for `n` iterations: divisors, and with tails those that leave little over.
  std::vector<std::int64_t> lengths(std::int64_t n, std::int64_t most) const;
  void write(const Levels& levels, std::vector<schedule::Step>& steps) const;

  te::Tensor tensor_;
  std::vector<int> spatial_, reduce_;
  bool packed_;
  Hardware hardware_;
  SpaceOptions options_;
  std::vector<LoadStrides> loads_;
  ReductionTiling tiling_;
  std::vector<RegisterTile> tiles_;
  std::vector<double> odds_;  ///< of tiles_, summed up
};

/// The stages of a sketch that are open in all levels.
std::vector<TiledStage> tiled_stages(const schedule::State& sketch, const Hardware& hardware,
                                     const SpaceOptions& options);

/// Vector operations that one unrolled body may have: more, and the code outgrows the instruction caches.
inline constexpr std::int64_t kMaxTileBody = 192;

}  // namespace tilewright::space
