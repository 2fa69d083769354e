#include "loop/lower.h"

#include "loop/bounds.h"
#include "loop/build.h"
#include "loop/passes.h"

namespace tilewright::loop {

Result<Program> lower(const schedule::State& state) {
  Result<Bounds> bounds = infer_bounds(state);
  if (!bounds) return bounds.failure();
  return lower(state, std::move(*bounds));
}

Result<Program> lower(const schedule::State& state, Bounds bounds) {
  Result<Program> program = build_statements(state, std::move(bounds));
  if (!program) return program;
  pass_manager().run(*program);
  return program;
}

std::vector<std::vector<std::int64_t>> extents_of(const schedule::State& state, const Bounds& bounds) {
  std::vector<std::vector<std::int64_t>> extents;
  for (int s = 0; s < state.num_stages(); ++s) {
    extents.push_back(bounds.stages[static_cast<std::size_t>(s)].extents);
    extents.back().resize(state.stage(s).iters.size(), schedule::kUnknown);
  }
  return extents;
}

Result<std::vector<std::vector<std::int64_t>>> infer_extents(const schedule::State& state) {
  const Result<Bounds> bounds = infer_bounds(state);
  if (!bounds) return bounds.failure();
  return extents_of(state, *bounds);
}

}  // namespace tilewright::loop
