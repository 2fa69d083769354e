#include "space/register_tile.h"

#include <algorithm>

#include "base/integer.h"

namespace tilewright::space {
namespace {

constexpr double kTailMalus = 0.93;

double fill(std::int64_t extent, std::int64_t tile) {
  const double share = static_cast<double>(extent) / static_cast<double>(round_up(extent, tile));
  return extent % tile == 0 ? share : share * kTailMalus;
}

/// Useful FMA work a cycle, as a share of the peak; ties are broken by loads.
double score(const TileProblem& problem, std::int64_t rows, const VectorWidth& vector, double rows_fill) {
  const double vectors = vector.vectors, fmas = static_cast<double>(rows) * vectors / 2;
  const double loads = static_cast<double>(rows) / 2 + vectors * problem.vector_load_cycles;
  const double cycles = std::max({fmas, loads, 4.0});
  return fmas / cycles * rows_fill * vector.efficiency - 0.01 * loads / fmas;
}

struct Search {
  const TileProblem& problem;
  int registers;
  std::vector<RegisterTile> found;

  /// Extends `rows` by tiles of the row axis `axis` and beyond.
  void visit(const VectorWidth& vector, std::size_t axis, std::vector<std::int64_t>& rows, std::int64_t count,
             double filled) {
    found.push_back({rows, vector, score(problem, count, vector, filled)});
    if (axis == rows.size()) return;
    const std::int64_t extent = problem.row_extents[axis];
    const std::int64_t operands = (problem.rows_are_vectors ? 6 : 1) * std::int64_t{vector.vectors};
    const std::int64_t most =
        std::min({extent, (registers - 1 - operands) / (vector.vectors * count), problem.max_rows / count});
    for (std::int64_t tile = 2; tile <= most; ++tile) {
      rows[axis] = tile;
      visit(vector, tile == extent ? axis + 1 : rows.size(), rows, count * tile, filled * fill(extent, tile));
    }
    rows[axis] = 1;
  }
};

}  // namespace

std::vector<VectorWidth> vector_widths(std::int64_t extent, int lanes, int max_vectors, std::int64_t run) {
  std::vector<VectorWidth> widths;
  for (std::int64_t width = 1; width <= std::min<std::int64_t>(extent, std::int64_t{lanes} * max_vectors); ++width) {
    if (extent % width != 0 && width % lanes != 0) continue;
    if (run > 0 && run % width != 0) continue;
    const auto vectors = static_cast<int>(ceil_div(width, lanes));
    const double lanes_used = static_cast<double>(width) / static_cast<double>(std::int64_t{vectors} * lanes);
    widths.push_back({width, vectors, lanes_used * fill(extent, width)});
  }
  return widths;
}

VectorWidth best_vector_width(std::int64_t extent, int lanes, int max_vectors, std::int64_t run) {
  VectorWidth best;
  for (const VectorWidth& width : vector_widths(extent, lanes, max_vectors, run))
    if (width.efficiency >= best.efficiency) best = width;
  return best;
}

std::vector<RegisterTile> register_tiles(const TileProblem& problem, const Hardware& hardware) {
  Search search{problem, hardware.vector_registers, {}};
  for (const VectorWidth& vector :
       vector_widths(problem.vector_extent, hardware.vector_lanes, kMaxVectors, problem.vector_run)) {
    if (vector.width > std::max<std::int64_t>(problem.max_width, 1)) continue;
    std::vector<std::int64_t> rows(problem.row_extents.size(), 1);
    search.visit(vector, 0, rows, 1, 1.0);
  }
  return std::move(search.found);
}

RegisterTile choose_register_tile(const TileProblem& problem, const Hardware& hardware) {
  const std::vector<RegisterTile> tiles = register_tiles(problem, hardware);
  return *std::max_element(tiles.begin(), tiles.end(),
                           [](const RegisterTile& a, const RegisterTile& b) { return a.score < b.score; });
}

}  // namespace tilewright::space
