#pragma once

#include <cstdint>
#include <vector>

#include "space/search_space.h"

namespace tilewright::space {

/// Registers side by side that one vectorized loop covers at most.
inline constexpr int kMaxVectors = 4;

/// How many elements of an axis one vectorized loop covers.
struct VectorWidth {
  std::int64_t width = 1;
  int vectors = 1;        ///< registers for that many elements
  double efficiency = 0;  ///< share of lanes that do useful work, less a malus for a tail
};

/// All widths worth trying for an axis: its divisors and the multiples of a register, up to `max_vectors` registers.
/// `run` > 0: only divisors of it (SPEC: constant_run).
std::vector<VectorWidth> vector_widths(std::int64_t extent, int lanes, int max_vectors, std::int64_t run = 0);

/// The best of them; the widest among equals.
VectorWidth best_vector_width(std::int64_t extent, int lanes, int max_vectors, std::int64_t run = 0);

/// Axes that a register tile may have rows along, innermost first, and what limits them.
struct TileProblem {
  std::vector<std::int64_t> row_extents;
  std::int64_t vector_extent = 1;
  std::int64_t vector_run = 0;  ///< constant_run of the vector axis
  std::int64_t max_rows = 64;   ///< more rows than this would evict each other from the cache
  std::int64_t max_width = 64;  ///< likewise for elements of a vector that is gathered
  double vector_load_cycles = 1;
  bool rows_are_vectors = false;  ///< what moves along rows moves along the vector, too (depthwise convolution)
};

struct RegisterTile {
  std::vector<std::int64_t> rows;  ///< per row axis
  VectorWidth vector;
  double score = 0;  ///< useful work a cycle by the model below, as a share of the peak, less a little for loads
};

/// All tiles of results that registers can hold while a reduction runs, with their scores. At least one.
///
/// Shapes   tile [rows, width] += column [rows, 1] * row [1, width], for each step of the reduction
/// Model    cycles a step = max(rows*vectors/2 FMAs, rows/2 + vectors*vector_load_cycles, 4 of latency): two FMAs and
///          two loads a cycle, those of vectors at half speed because they come from L2.
/// Limits   rows*vectors + vectors + 1 <= registers; where rows are vectors, too, 6*vectors instead of vectors, for
/// three
///          taps of a window and their weights (a heuristic). A further axis gets rows only when the one before is
///          taken whole.
std::vector<RegisterTile> register_tiles(const TileProblem& problem, const Hardware& hardware);

/// The one with the best score.
RegisterTile choose_register_tile(const TileProblem& problem, const Hardware& hardware);

}  // namespace tilewright::space
