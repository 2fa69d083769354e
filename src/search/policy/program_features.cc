#include "search/policy/program_features.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "base/integer.h"

namespace tilewright::search {
namespace {

using space::AxisRole;

constexpr double kElementBytes = 4;

double log2_of(double n) { return std::log2(std::max(1.0, n)); }

/// Of lengths, most of which are short: features are computed for many moves of one program.
double log2_of(std::int64_t n) {
  static const std::vector<double> logs = [] {
    std::vector<double> table(4096, 0.0);
    for (std::size_t i = 1; i < table.size(); ++i) table[i] = std::log2(static_cast<double>(i));
    return table;
  }();
  const auto at = static_cast<std::size_t>(std::max<std::int64_t>(n, 0));
  return at < logs.size() ? logs[at] : std::log2(static_cast<double>(n));
}

/// The stage whose tiled axes have the most iterations; the first among equals.
int heaviest_stage(std::span<const space::TileAxis> axes) {
  std::map<int, double> iterations;
  for (const space::TileAxis& axis : axes)
    for (std::int64_t length : axis.lengths)
      iterations.try_emplace(axis.stage, 1).first->second *= static_cast<double>(length);
  int heaviest = -1;
  for (const auto& [stage, count] : iterations)
    if (heaviest < 0 || count > iterations[heaviest]) heaviest = stage;
  return heaviest;
}

/// Where the length of a level counts. Splits of fewer levels than four have the outermost, the innermost and, in
/// between, level 1; those of a reduction the innermost and the rest.
std::int64_t& place_of(ProgramTile& tile, const space::TileAxis& axis, std::size_t level) {
  const std::size_t levels = axis.lengths.size();
  const bool innermost = level + 1 == levels;
  if (axis.role == AxisRole::reduction) return tile.reduction[innermost ? 1 : 0];
  auto& lengths = axis.role == AxisRole::vector ? tile.vector : tile.rows;
  if (innermost) return lengths[3];
  return lengths[levels == 4 ? level : std::min<std::size_t>(level, 1)];
}

double parallel_extent(const schedule::State& state) {
  std::int64_t extent = 1;
  for (int s = 0; s < state.num_stages(); ++s)
    for (const schedule::Iterator& loop : state.stage(s).iters)
      if (loop.annotation == schedule::Annotation::parallel) extent = std::max(extent, loop.extent);
  return static_cast<double>(extent);
}

int unroll_limit(const schedule::State& state) {
  int limit = 0;
  for (int s = 0; s < state.num_stages(); ++s) limit = std::max(limit, state.stage(s).auto_unroll_max_step);
  return limit;
}

}  // namespace

ProgramTile program_tile(const schedule::State& state, std::span<const space::TileAxis> axes) {
  ProgramTile tile;
  tile.stage = heaviest_stage(axes);
  tile.parallel = parallel_extent(state);
  tile.unroll_limit = unroll_limit(state);
  for (const space::TileAxis& axis : axes)
    if (axis.stage == tile.stage)
      for (std::size_t level = 0; level < axis.lengths.size(); ++level)
        place_of(tile, axis, level) *= axis.lengths[level];
  return tile;
}

ProgramTile moved(ProgramTile tile, const space::TileMove& move, std::span<const space::TileAxis> axes) {
  const space::TileAxis& axis = axes[move.axis];
  if (axis.stage != tile.stage) return tile;
  const auto outer = [&tile] { return static_cast<double>(tile.vector[0] * tile.rows[0]); };
  const auto outer_two = [&] { return outer() * static_cast<double>(tile.vector[1] * tile.rows[1]); };
  const bool two = tile.parallel > outer();
  const double before = two ? outer_two() : outer();
  place_of(tile, axis, move.from) /= move.factor;
  place_of(tile, axis, move.to) *= move.factor;
  tile.parallel = std::max(1.0, tile.parallel * (two ? outer_two() : outer()) / before);
  return tile;
}

ProgramFeatures features_of(const ProgramTile& tile, const space::Hardware& hardware) {
  const auto& [v0, v1, v2, v3] = tile.vector;
  const auto& [r0, r1, r2, r3] = tile.rows;
  const auto& [chunks, chunk] = tile.reduction;
  const std::int64_t lanes = hardware.vector_lanes;
  const double vectors = static_cast<double>(ceil_div(v3, lanes)), rows = static_cast<double>(r3);
  const double accumulators = vectors * rows / hardware.vector_registers;
  const double inner_v = static_cast<double>(v3 * v2), inner_r = static_cast<double>(r3 * r2);
  const double middle_v = inner_v * static_cast<double>(v1), middle_r = inner_r * static_cast<double>(r1);
  const double steps = static_cast<double>(chunk), all_steps = steps * static_cast<double>(chunks);
  const double l1_elements = static_cast<double>(hardware.l1d_bytes) / kElementBytes;
  const double l2_elements = static_cast<double>(hardware.l2_bytes) / kElementBytes;
  const double l1 = (inner_v * inner_r + (inner_v + inner_r) * steps) / l1_elements;
  const double l2 = (middle_v * middle_r + (middle_v + middle_r) * all_steps) / l2_elements;
  const double cores = hardware.cores;
  const double imbalance = std::ceil(tile.parallel / cores) * cores / tile.parallel - 1;
  const auto value = [](double x) { return static_cast<float>(std::clamp(x, -2.0, 2.0)); };
  return {1,
          value(log2_of(v3) / 4),
          value(static_cast<double>(v3) / (vectors * static_cast<double>(lanes))),
          value(v3 % lanes == 0),
          value(accumulators),
          value(log2_of(accumulators)),
          value(log2_of(r3) / 4),
          value(log2_of(vectors) / 2),
          value(log2_of(v2) / 4),
          value(log2_of(r2) / 4),
          value(log2_of(v1) / 4),
          value(log2_of(r1) / 4),
          value(log2_of(v0) / 4),
          value(log2_of(r0) / 4),
          value(log2_of(chunk) / 4),
          value(log2_of(chunks) / 5),
          value(log2_of(tile.parallel / cores) / 6),
          value(imbalance),
          value(log2_of(std::int64_t{tile.unroll_limit}) / 9),
          value((log2_of(rows * vectors * steps) - log2_of(std::int64_t{tile.unroll_limit})) / 5),
          value(std::log2(l1) / 5),
          value(std::log2(l2) / 5),
          value(1 / rows + 1 / vectors),
          value(std::log2(1 / inner_r + 1 / inner_v) / 5),
          value(std::log2(1 / middle_r + 1 / middle_v) / 5),
          value(v3 == 1)};
}

ProgramFeatures program_features(const schedule::State& state, const space::Hardware& hardware) {
  return features_of(program_tile(state, space::tile_axes(state)), hardware);
}

}  // namespace tilewright::search
