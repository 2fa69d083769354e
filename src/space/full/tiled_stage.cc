#include "space/full/tiled_stage.h"

#include <algorithm>
#include <cmath>

#include "base/integer.h"

namespace tilewright::space {
namespace {

using schedule::SplitStep;

// What the draws prefer; heuristics, found by comparing the best of 64 random samples.
constexpr double kTileSharpness = 14;     ///< a tile that promises 0.1 of the peak less is drawn 1/4 as often
constexpr double kTileRange = 0.35;       ///< tiles that promise so much less than the best are never drawn
constexpr double kBlockedShare = 0.3;     ///< of the samples work in blocks
constexpr double kPlainOuterShare = 0.6;  ///< of the axes keep level 1 trivial
constexpr std::int64_t kMinChunk = 16;    ///< steps of a blocked reduction; fewer, and results come and go too often
constexpr std::int64_t kSmallReduction = 8;
constexpr int kAttempts = 8;

template <class T>
const T& any_of(const std::vector<T>& values, Rng& rng) {
  return values[static_cast<std::size_t>(rng.below(std::ssize(values)))];
}

}  // namespace

TiledStage::TiledStage(te::Tensor tensor, std::vector<int> spatial, std::vector<int> reduce, bool packed,
                       const Hardware& hardware, const SpaceOptions& options)
    : tensor_(std::move(tensor)),
      spatial_(std::move(spatial)),
      reduce_(std::move(reduce)),
      packed_(packed),
      hardware_(hardware),
      options_(options),
      loads_(strides_of(*tensor_)),
      tiling_(reduction_tiling(*tensor_, loads_)) {
  if (tiling_.vector_axis < 0) return;
  tiles_ = register_tiles(tiling_.problem, hardware_);
  if (!options_.tails)
    std::erase_if(tiles_, [&](const RegisterTile& tile) {
      bool divides = tiling_.problem.vector_extent % tile.vector.width == 0;
      for (std::size_t r = 0; r < tile.rows.size(); ++r)
        divides = divides && tiling_.problem.row_extents[r] % tile.rows[r] == 0;
      return !divides;
    });
  double best = -1e9, sum = 0;
  for (const RegisterTile& tile : tiles_) best = std::max(best, tile.score);
  std::erase_if(tiles_, [&](const RegisterTile& tile) { return tile.score < best - kTileRange; });
  for (const RegisterTile& tile : tiles_) odds_.push_back(sum += std::exp(kTileSharpness * (tile.score - best)));
}

void TiledStage::draw_tile(Levels& levels, Rng& rng) const {
  levels.tile.assign(spatial_.size(), 1);
  if (tiling_.vector_axis < 0) return;
  const double draw = rng.uniform() * odds_.back();
  const auto at = static_cast<std::size_t>(std::upper_bound(odds_.begin(), odds_.end(), draw) - odds_.begin());
  const RegisterTile& tile = tiles_[std::min(at, tiles_.size() - 1)];
  levels.tile[static_cast<std::size_t>(tiling_.vector_axis)] = tile.vector.width;
  for (std::size_t r = 0; r < tile.rows.size(); ++r)
    levels.tile[static_cast<std::size_t>(tiling_.row_axes[r])] = tile.rows[r];
}

std::int64_t TiledStage::vector_operations(const Levels& levels) const {
  std::int64_t operations = 1;
  for (std::size_t a = 0; a < levels.tile.size(); ++a)
    operations *=
        static_cast<int>(a) == tiling_.vector_axis ? ceil_div(levels.tile[a], hardware_.vector_lanes) : levels.tile[a];
  return operations;
}

/// Level 1 of the reductions, to be unrolled: from the innermost on, while the body stays short.
void TiledStage::draw_unroll(Levels& levels, Rng& rng) const {
  std::int64_t room = std::max<std::int64_t>(1, kMaxTileBody / vector_operations(levels));
  levels.chunk.assign(reduce_.size(), 1);
  for (std::size_t r = reduce_.size(); r-- > 0 && room > 1;) {
    const std::int64_t extent = tensor_->reduce_axes[r]->extent;
    if (extent == 1) continue;
    const bool whole = extent <= std::min(room, kSmallReduction);
    std::vector<std::int64_t> parts = divisors(extent);
    std::erase_if(parts, [&](std::int64_t part) { return part > std::min(room, kSmallReduction); });
    levels.chunk[r] = whole && rng.chance(0.7) ? extent : any_of(parts, rng);
    room /= levels.chunk[r];
    if (levels.chunk[r] < extent) break;  // loops around a part of one are not unrolled
  }
}

std::vector<std::int64_t> TiledStage::lengths(std::int64_t n, std::int64_t most) const {
  std::vector<std::int64_t> found;
  for (std::int64_t length = 1; length <= std::min(n, most); ++length)
    if (n % length == 0 || (options_.tails && (ceil_div(n, length) * length - n) * 16 <= n && length <= 64))
      found.push_back(length);
  return found;
}

/// Bytes of the operands that a block and its chunk of the reduction touch.
std::int64_t TiledStage::block_bytes(const Levels& levels) const {
  std::int64_t bytes = 0;
  for (const LoadStrides& load : loads_) {
    std::int64_t elements = 1;
    for (std::size_t a = 0; a < spatial_.size(); ++a)
      if (!is_zero(load.spatial[a])) elements *= levels.tile[a] * levels.block[a];
    for (std::size_t r = 0; r < reduce_.size(); ++r)
      if (!is_zero(load.reduce[r])) elements *= levels.chunk[r];
    bytes += elements * bytes_of(load.tensor->type);
  }
  return bytes;
}

/// A block of tiles that shares a long chunk of the longest reduction. False if none of a few draws fits the cache.
bool TiledStage::draw_block(Levels& levels, Rng& rng) const {
  std::size_t longest = 0;
  for (std::size_t r = 0; r < reduce_.size(); ++r)
    if (tensor_->reduce_axes[r]->extent > tensor_->reduce_axes[longest]->extent) longest = r;
  if (reduce_.empty() || tensor_->reduce_axes[longest]->extent < kMinChunk) return false;
  std::vector<std::int64_t> chunks = divisors(tensor_->reduce_axes[longest]->extent);
  std::erase_if(chunks, [](std::int64_t chunk) { return chunk < kMinChunk; });
  const Levels before = levels;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    levels = before;
    levels.chunk.assign(reduce_.size(), 1);
    levels.chunk[longest] = any_of(chunks, rng);
    for (std::size_t a = 0; a < spatial_.size(); ++a)
      levels.block[a] = any_of(lengths(ceil_div(tensor_->axes[a]->extent, levels.tile[a]), 64), rng);
    if (!options_.cache_blocks || block_bytes(levels) <= hardware_.l2_bytes) return true;
  }
  levels = before;
  return false;
}

void TiledStage::draw_outer(Levels& levels, Rng& rng) const {
  for (std::size_t a = 0; a < spatial_.size(); ++a) {
    if (options_.cache_blocks && rng.chance(kPlainOuterShare)) continue;
    const std::int64_t left = ceil_div(tensor_->axes[a]->extent, levels.tile[a] * levels.block[a]);
    levels.outer[a] = any_of(lengths(left, left), rng);
  }
}

void TiledStage::fill(std::vector<schedule::Step>& steps, Rng& rng) const {
  Levels levels;
  draw_tile(levels, rng);
  levels.block.assign(spatial_.size(), 1);
  levels.outer.assign(spatial_.size(), 1);
  draw_unroll(levels, rng);
  if (packed_ || rng.chance(kBlockedShare)) draw_block(levels, rng);
  draw_outer(levels, rng);
  write(levels, steps);
}

void TiledStage::change_tile(std::vector<schedule::Step>& steps, Rng& rng) const {
  Levels levels;
  draw_tile(levels, rng);
  for (std::size_t a = 0; a < spatial_.size(); ++a) {
    const auto& split = std::get<SplitStep>(steps[static_cast<std::size_t>(spatial_[a])]);
    const std::int64_t tiles = ceil_div(split.extent, levels.tile[a]);
    levels.block.push_back(std::min(split.lengths[1], tiles));
    levels.outer.push_back(std::min(split.lengths[0], ceil_div(tiles, levels.block[a])));
  }
  for (int step : reduce_)
    levels.chunk.push_back(std::get<SplitStep>(steps[static_cast<std::size_t>(step)]).lengths.front());
  write(levels, steps);
}

void TiledStage::write(const Levels& levels, std::vector<schedule::Step>& steps) const {
  for (std::size_t a = 0; a < spatial_.size(); ++a)
    std::get<SplitStep>(steps[static_cast<std::size_t>(spatial_[a])]).lengths = {levels.outer[a], levels.block[a],
                                                                                 levels.tile[a]};
  for (std::size_t r = 0; r < reduce_.size(); ++r)
    std::get<SplitStep>(steps[static_cast<std::size_t>(reduce_[r])]).lengths = {levels.chunk[r]};
}

std::vector<TiledStage> tiled_stages(const schedule::State& sketch, const Hardware& hardware,
                                     const SpaceOptions& options) {
  struct Group {
    te::Tensor tensor;
    std::vector<int> spatial, reduce;
  };
  std::vector<Group> groups;
  bool packed = false;
  schedule::State state = schedule::State::initial(sketch.base_dag());
  for (int i = 0; i < sketch.num_steps(); ++i) {
    const schedule::Step& step = sketch.step(i);
    const auto* copy = std::get_if<schedule::CacheReadStep>(&step);
    packed = packed || (copy && copy->scope != schedule::kPackedScope);
    if (const auto* split = std::get_if<SplitStep>(&step)) {
      const schedule::Stage& stage = state.stage(split->stage);
      if (groups.empty() || groups.back().tensor.op() != stage.tensor.op()) groups.push_back({stage.tensor, {}, {}});
      const auto n = static_cast<int>(stage.tensor->axes.size()),
                 m = static_cast<int>(stage.tensor->reduce_axes.size());
      const int axis = stage.iters[static_cast<std::size_t>(split->iter)].id;
      const bool open = split->lengths.front() == schedule::kUnknown;
      if (open && axis < n && split->lengths.size() == 3) groups.back().spatial.push_back(i);
      if (open && axis >= n && axis < n + m && split->lengths.size() == 1) groups.back().reduce.push_back(i);
    }
    if (!state.apply(step)) break;
  }
  std::vector<TiledStage> stages;
  for (Group& group : groups)
    if (!group.spatial.empty() && group.spatial.size() == group.tensor->axes.size() &&
        group.reduce.size() == group.tensor->reduce_axes.size())
      stages.emplace_back(group.tensor, group.spatial, group.reduce, packed, hardware, options);
  return stages;
}

}  // namespace tilewright::space
