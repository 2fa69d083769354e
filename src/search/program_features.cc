#include "search/program_features.h"

#include <algorithm>
#include <cmath>

#include "base/integer.h"
#include "space/tile_axes.h"

namespace tilewright::search {
namespace {

using space::AxisRole;

double log2_of(std::int64_t n) { return std::log2(static_cast<double>(std::max<std::int64_t>(1, n))); }

struct Tile {
  std::int64_t vector = 1, rows = 1, block = 1, outer = 1, chunk = 1;
};

/// The tiles of all stages together; in practice one stage has several levels.
Tile tile_of(const schedule::State& state) {
  Tile tile;
  for (const space::TileAxis& axis : space::tile_axes(state)) {
    const std::size_t levels = axis.lengths.size();
    if (axis.role == AxisRole::reduction) {
      tile.chunk *= axis.lengths.back();
      continue;
    }
    (axis.role == AxisRole::vector ? tile.vector : tile.rows) *= axis.lengths.back();
    if (levels == 4) tile.block *= axis.lengths[2], tile.outer *= axis.lengths[1];
  }
  return tile;
}

std::int64_t parallel_extent(const schedule::State& state) {
  std::int64_t extent = 1;
  for (int s = 0; s < state.num_stages(); ++s)
    for (const schedule::Iterator& loop : state.stage(s).iters)
      if (loop.annotation == schedule::Annotation::parallel) extent = std::max(extent, loop.extent);
  return extent;
}

int unroll_limit(const schedule::State& state) {
  int limit = 0;
  for (int s = 0; s < state.num_stages(); ++s) limit = std::max(limit, state.stage(s).auto_unroll_max_step);
  return limit;
}

}  // namespace

ProgramFeatures program_features(const schedule::State& state, const space::Hardware& hardware) {
  const Tile tile = tile_of(state);
  const double vectors = static_cast<double>(ceil_div(tile.vector, hardware.vector_lanes));
  const double accumulators = vectors * static_cast<double>(tile.rows) / hardware.vector_registers;
  const std::int64_t tasks = parallel_extent(state);
  const double imbalance =
      static_cast<double>(round_up(tasks, hardware.cores)) / static_cast<double>(std::max<std::int64_t>(1, tasks)) - 1;
  const auto value = [](double x) { return static_cast<float>(std::clamp(x, -2.0, 2.0)); };
  return {1,
          value(log2_of(tile.vector) / 6),
          value(tile.vector % hardware.vector_lanes == 0),
          value(accumulators),
          value(accumulators + vectors / hardware.vector_registers > 1),
          value(log2_of(tile.rows) / 5),
          value(log2_of(tile.block) / 8),
          value(log2_of(tile.outer) / 8),
          value(log2_of(tile.chunk) / 6),
          value((log2_of(tasks) - std::log2(hardware.cores)) / 8),
          value(imbalance),
          value(log2_of(unroll_limit(state)) / 9)};
}

}  // namespace tilewright::search
