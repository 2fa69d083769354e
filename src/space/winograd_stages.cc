#include "space/winograd_stages.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/error.h"
#include "space/queries.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::State;

std::int64_t parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  TW_CHECK(error == std::errc{} && end == text.data() + text.size(), "transform_tile: '{}' is no number", text);
  return number;
}

/// Positions of a stage's loops once its axes are split.
struct Parts {
  std::vector<int> outer, tile, vector;
};

bool is_tile_axis(const std::vector<TransformAxis>& tile, int axis) {
  return std::any_of(tile.begin(), tile.end(), [&](const TransformAxis& t) { return t.axis == axis; });
}

/// Splits the axes of the tile, and the vector off its axis if `vector_length` is not 0 (then it is the whole axis).
Parts split_axes(State& state, int stage, const std::vector<TransformAxis>& tile, std::int64_t vector_length) {
  const te::Operation& op = *state.stage(stage).tensor;
  const auto rank = static_cast<int>(op.axes.size());
  int vector_axis = unit_stride_axis(op);
  if (is_tile_axis(tile, vector_axis)) vector_axis = -1;
  std::vector<bool> is_split(static_cast<std::size_t>(rank), false);
  const auto split = [&](int axis, std::int64_t length) {
    const std::int64_t extent = op.axes[static_cast<std::size_t>(axis)]->extent;
    if (length != schedule::kUnknown && length >= extent) return;
    apply(state, schedule::SplitStep{stage, axis, extent, {length}, true});
    is_split[static_cast<std::size_t>(axis)] = true;
  };
  for (int axis = rank; axis-- > 0;) {  // from the last on, so that the others keep their positions
    const auto of_tile = std::find_if(tile.begin(), tile.end(), [&](const TransformAxis& t) { return t.axis == axis; });
    if (of_tile != tile.end())
      split(axis, of_tile->length);
    else if (axis == vector_axis && vector_length != 0)
      split(axis, vector_length);
  }
  Parts parts;
  int loop = 0;
  for (int axis = 0; axis < rank; ++axis) {
    const bool inside = is_tile_axis(tile, axis) || axis == vector_axis;
    if (!inside || is_split[static_cast<std::size_t>(axis)]) parts.outer.push_back(loop++);
    if (inside) (axis == vector_axis ? parts.vector : parts.tile).push_back(loop++);
  }
  return parts;
}

void shape(State& state, int stage, const std::vector<TransformAxis>& tile, std::int64_t vector_length) {
  const Parts parts = split_axes(state, stage, tile, vector_length);
  std::vector<int> order = parts.outer;
  order.insert(order.end(), parts.tile.begin(), parts.tile.end());
  order.insert(order.end(), parts.vector.begin(), parts.vector.end());
  apply(state, schedule::ReorderStep{stage, order});
  const auto first = static_cast<int>(parts.outer.size());
  for (int loop = first; loop < static_cast<int>(order.size()); ++loop) {
    const bool is_vector = loop + 1 == static_cast<int>(order.size()) && !parts.vector.empty();
    apply(state, schedule::AnnotateStep{stage, loop, is_vector ? Annotation::vectorize : Annotation::unroll});
  }
}

/// The stage whose tile reads this one's: its only reader transforms, too. -1: there is none.
int transform_reader(const State& state, int stage) {
  const std::vector<int>& readers = state.dag()->readers(stage);
  if (readers.size() != 1 || transform_tile(*state.stage(readers[0]).tensor).empty()) return -1;
  const int reader = single_consumer(state, stage);
  return reader >= 0 && loops_around_tile(state.stage(reader)) > 0 ? reader : -1;
}

}  // namespace

std::vector<TransformAxis> transform_tile(const te::Operation& op) {
  std::vector<TransformAxis> tile;
  const auto found = op.attributes.find("transform_tile");
  if (found == op.attributes.end()) return tile;
  std::string_view rest = found->second;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    const std::size_t colon = entry.find(':');
    TW_CHECK(colon != entry.npos, "transform_tile: '{}' is no axis:length", entry);
    tile.push_back({static_cast<int>(parse_number(entry.substr(0, colon))), parse_number(entry.substr(colon + 1))});
  }
  return tile;
}

int loops_around_tile(const schedule::Stage& stage) {
  const auto first = std::find_if(stage.iters.begin(), stage.iters.end(), [](const schedule::Iterator& loop) {
    return loop.annotation == Annotation::unroll || loop.annotation == Annotation::vectorize;
  });
  return first == stage.iters.end() ? 0 : static_cast<int>(first - stage.iters.begin());
}

int schedule_transform(State& state, const te::AccessAnalysis& access, int stage, std::int64_t vector_length) {
  const std::vector<TransformAxis> tile = transform_tile(*state.stage(stage).tensor);
  if (const int reader = transform_reader(state, stage); reader >= 0) {
    shape(state, stage, tile, 0);
    apply(state, schedule::ComputeAtStep{stage, reader, loops_around_tile(state.stage(reader)) - 1});
    return -1;
  }
  const int consumer = elementwise_matched_consumer(state, access, stage);
  if (consumer < 0) {
    shape(state, stage, tile, vector_length);
    return stage;
  }
  apply(state, schedule::ComputeInlineStep{stage});
  shape(state, consumer, tile, vector_length);
  return consumer;
}

}  // namespace tilewright::space
