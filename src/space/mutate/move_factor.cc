#include "base/integer.h"
#include "space/mutate/mutations.h"
#include "space/tile_lengths.h"
#include "space/tile_moves.h"

namespace tilewright::space {
namespace {

using schedule::SplitStep;
using schedule::State;

/// Moves the smallest prime of level `kFrom` to level `kTo` of one axis with the role.
template <AxisRole kRole, std::size_t kFrom, std::size_t kTo>
std::optional<State> move_prime(const SampleContext&, const State& parent, Rng& rng) {
  std::vector<std::int64_t> room;
  std::vector<TileAxis> axes = tile_axes(parent);
  std::erase_if(axes, [&](const TileAxis& axis) {
    return axis.role != kRole || std::max(kFrom, kTo) >= axis.lengths.size() ||
           movable_factors(axis.lengths, kFrom, kTo, room).empty();
  });
  if (axes.empty()) return std::nullopt;
  TileAxis& axis = axes[static_cast<std::size_t>(rng.below(std::ssize(axes)))];
  move_factor(axis.lengths, kFrom, kTo, movable_factors(axis.lengths, kFrom, kTo, room).front());
  return retiled(parent, std::vector{Retiling{axis.step, axis.lengths}});
}

/// Makes the vector whole registers: another multiple of the lanes that divides the extent (any multiple, with tails).
std::optional<State> fill_vectors(const SampleContext& context, const State& parent, Rng& rng) {
  std::vector<TileAxis> axes = tile_axes(parent);
  std::erase_if(axes, [](const TileAxis& axis) { return axis.role != AxisRole::vector; });
  if (axes.empty()) return std::nullopt;
  TileAxis& axis = axes[static_cast<std::size_t>(rng.below(std::ssize(axes)))];
  const std::int64_t extent = std::get<SplitStep>(parent.step(axis.step)).extent;
  const std::int64_t lanes = context.hardware.vector_lanes;
  std::vector<std::int64_t> widths;
  for (std::int64_t width = lanes; width <= std::min(extent, kMaxInnermostLength); width += lanes)
    if (width != axis.lengths.back() && (context.options.tails || extent % width == 0)) widths.push_back(width);
  if (widths.empty()) return std::nullopt;
  axis.lengths.back() = widths[static_cast<std::size_t>(rng.below(std::ssize(widths)))];
  std::int64_t left = ceil_div(extent, axis.lengths.back());
  for (std::size_t level = axis.lengths.size() - 1; level-- > 1;) {
    if (left % axis.lengths[level] != 0) axis.lengths[level] = 1;
    left /= axis.lengths[level];
  }
  return retiled(parent, std::vector{Retiling{axis.step, axis.lengths}});
}

template <AxisRole kRole, std::size_t kFrom, std::size_t kTo>
constexpr Mutation move(std::string_view name) {
  return {name, 0, move_prime<kRole, kFrom, kTo>, true};
}
constexpr AxisRole kVector = AxisRole::vector, kRow = AxisRole::row, kReduction = AxisRole::reduction;

constexpr Mutation kMoves[] = {
    move<kVector, 0, 1>("vector 0>1"),
    move<kVector, 1, 0>("vector 1>0"),
    move<kVector, 1, 2>("vector 1>2"),
    move<kVector, 2, 1>("vector 2>1"),
    move<kVector, 2, 3>("vector 2>3"),
    move<kVector, 3, 2>("vector 3>2"),
    move<kVector, 0, 3>("vector 0>3"),
    move<kVector, 3, 0>("vector 3>0"),
    move<kRow, 0, 1>("row 0>1"),
    move<kRow, 1, 0>("row 1>0"),
    move<kRow, 1, 2>("row 1>2"),
    move<kRow, 2, 1>("row 2>1"),
    move<kRow, 2, 3>("row 2>3"),
    move<kRow, 3, 2>("row 3>2"),
    move<kRow, 0, 3>("row 0>3"),
    move<kRow, 3, 0>("row 3>0"),
    move<kReduction, 0, 1>("reduction 0>1"),
    move<kReduction, 1, 0>("reduction 1>0"),
    {"whole vectors", 0, fill_vectors},
};

}  // namespace

const std::span<const Mutation> kFactorMoves = kMoves;

}  // namespace tilewright::space
