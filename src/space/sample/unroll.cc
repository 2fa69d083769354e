#include <algorithm>

#include "space/pragmas.h"
#include "space/queries.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {

namespace {

/// Something is unrolled or vectorized already, which the full space decides stage by stage.
bool is_decided(const schedule::Stage& stage) {
  return std::any_of(stage.iters.begin(), stage.iters.end(), [](const schedule::Iterator& loop) {
    return loop.annotation == schedule::Annotation::unroll || loop.annotation == schedule::Annotation::vectorize;
  });
}

}  // namespace

/// Draws how far each reduction is unrolled (docs/ansor.md §4.4).
const AnnotationRule kUnroll{
    "unroll", [](const SampleContext& context, schedule::State& state, Rng& rng) {
      for (int id = 0; id < state.num_stages(); ++id) {
        const schedule::Stage& stage = state.stage(id);
        if (stage.is_placeholder() || stage.compute_at == schedule::ComputeAt::inlined || !has_reduce_iter(stage))
          continue;
        if (context.options.kind == SpaceKind::full && is_decided(stage)) continue;
        const int limit = kUnrollLimits[static_cast<std::size_t>(rng.below(std::ssize(kUnrollLimits)))];
        apply(state, schedule::PragmaStep{id, 0, unroll_pragma(limit)});
      }
      return true;
    }};

}  // namespace tilewright::space
