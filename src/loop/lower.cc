#include "loop/lower.h"

#include "loop/bounds.h"
#include "loop/build.h"
#include "loop/passes.h"

namespace tilewright::loop {

Result<Program> lower(const schedule::State& state) {
  Result<Bounds> bounds = infer_bounds(state);
  if (!bounds) return bounds.failure();
  Result<Program> program = build_statements(state, std::move(*bounds));
  if (!program) return program;
  pass_manager().run(*program);
  return program;
}

Result<std::vector<std::vector<std::int64_t>>> infer_extents(const schedule::State& state) {
  Result<Bounds> bounds = infer_bounds(state);
  if (!bounds) return bounds.failure();
  std::vector<std::vector<std::int64_t>> extents;
  for (int s = 0; s < state.num_stages(); ++s) {
    extents.push_back(std::move(bounds->stages[static_cast<std::size_t>(s)].extents));
    extents.back().resize(state.stage(s).iters.size(), schedule::kUnknown);
  }
  return extents;
}

}  // namespace tilewright::loop
