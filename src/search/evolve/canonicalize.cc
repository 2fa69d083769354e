#include "search/evolve/canonicalize.h"

#include "loop/lower.h"

namespace tilewright::search {

std::optional<std::uint64_t> canonicalize(schedule::State& state) {
  const auto extents = loop::infer_extents(state);
  if (!extents) return std::nullopt;
  state.set_extents(*extents);
  return schedule::structural_hash(state);
}

}  // namespace tilewright::search
