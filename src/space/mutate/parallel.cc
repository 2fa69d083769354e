#include "space/mutate/mutations.h"
#include "space/queries.h"

namespace tilewright::space {
namespace {

using schedule::AnnotateStep;
using schedule::Annotation;
using schedule::FuseStep;
using schedule::State;

/// Positions of parallel annotations of outermost loops that were fused just before.
std::vector<int> parallel_fusions(const State& state) {
  std::vector<int> found;
  for (int i = 1; i < state.num_steps(); ++i) {
    const auto* annotate = std::get_if<AnnotateStep>(&state.step(i));
    const auto* fuse = std::get_if<FuseStep>(&state.step(i - 1));
    if (annotate && fuse && annotate->annotation == Annotation::parallel && annotate->iter == 0 &&
        fuse->stage == annotate->stage && !fuse->iters.empty() && fuse->iters.front() == 0)
      found.push_back(i);
  }
  return found;
}

/// Leading loops of a stage that may run in parallel together.
int fusible_loops(const State& state, int stage) {
  int count = 0;
  for (const schedule::Iterator& loop : state.stage(stage).iters) {
    if (loop.kind != schedule::IterKind::spatial || loop.annotation != Annotation::none) break;
    if (state.has_attached(stage, count)) break;
    ++count;
  }
  return count;
}

/// Moves a later step by `shift` loops if it marks a loop of `stage`; false if the step does not allow it.
bool shift_step(schedule::Step& step, int stage, int shift) {
  const auto moved = [&](int& iter) {
    if (iter > 0) iter += shift;
    return iter >= 0;
  };
  const auto other_stage = [&](const auto& s) { return s.stage != stage; };
  return match_variant(
      step, [&](AnnotateStep& s) { return s.stage != stage || moved(s.iter); },
      [&](schedule::PragmaStep& s) { return s.stage != stage || moved(s.iter); },
      [](const schedule::CacheReadStep&) { return false; }, [](const schedule::CacheWriteStep&) { return false; },
      [](const schedule::RfactorStep&) { return false; },
      [&](const schedule::ComputeAtStep& s) { return s.stage != stage && s.target_stage != stage; },
      [&](const auto& s) { return other_stage(s); });
}

}  // namespace

/// Runs more or fewer fused outer loops of one stage in parallel.
const Mutation kMutateParallel{
    "parallel", 0.01, [](const SampleContext&, const State& parent, Rng& rng) -> std::optional<State> {
      const std::vector<int> fusions = parallel_fusions(parent);
      if (fusions.empty()) return std::nullopt;
      const auto chosen = static_cast<std::size_t>(fusions[static_cast<std::size_t>(rng.below(std::ssize(fusions)))]);
      std::vector<schedule::Step> steps = parent.steps();
      auto& fuse = std::get<FuseStep>(steps[chosen - 1]);
      const Result<State> before =
          State::replay(parent.base_dag(), {steps.begin(), steps.begin() + std::ptrdiff_t(chosen) - 1});
      if (!before) return std::nullopt;
      const int most = fusible_loops(*before, fuse.stage);
      if (most == 0) return std::nullopt;
      const auto old_count = static_cast<int>(fuse.iters.size());
      const auto count = static_cast<int>(rng.between(1, most));
      if (count == old_count) return std::nullopt;
      const int stage = fuse.stage;
      fuse.iters = range(0, count - 1);
      for (std::size_t i = chosen + 1; i < steps.size(); ++i)
        if (!shift_step(steps[i], stage, old_count - count)) return std::nullopt;
      Result<State> child = State::replay(parent.base_dag(), steps);
      if (!child) return std::nullopt;
      return std::move(*child);
    }};

}  // namespace tilewright::space
