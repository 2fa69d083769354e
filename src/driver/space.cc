#include "driver/space.h"

#include "driver/machine.h"
#include "driver/target.h"
#include "loop/lower.h"
#include "space/hardware.h"
#include "space/search_space.h"
#include "workload/workload.h"

namespace tilewright::driver {
namespace {

space::SearchSpace space_of(const te::DagRef& dag, const SpaceRequest& request) {
  return {dag, space::hardware_of(parse_target(request.target), resolve_threads(request.threads)), request.space};
}

}  // namespace

std::vector<schedule::State> sketches_of(const SpaceRequest& request) {
  return space_of(workload::parse(request.workload).dag, request).sketches();
}

Samples draw_samples(const SpaceRequest& request, int count) {
  const workload::Workload workload = workload::parse(request.workload);
  const space::SearchSpace space = space_of(workload.dag, request);
  Samples result{task::make_task(workload.dag, workload.name), {}};
  Rng rng(request.seed);
  for (int i = 0; i < count; ++i) {
    const int sketch = static_cast<int>(rng.below(std::ssize(space.sketches())));
    const auto state = space.sample(sketch, rng);
    const schedule::State& shown = state ? *state : space.sketches()[static_cast<std::size_t>(sketch)];
    Sample sample{shown.steps(), schedule::to_text(shown), state.has_value(), state ? "" : "the draw has no bounds"};
    if (state)
      if (const Result<loop::Program> program = loop::lower(*state); !program)
        sample.legal = false, sample.reason = program.message();
    result.samples.push_back(std::move(sample));
  }
  return result;
}

}  // namespace tilewright::driver
