#include <iterator>

#include "space/annotate.h"
#include "space/queries.h"

namespace tilewright::space {

/// Draws how far each reduction is unrolled (SPEC_ANSOR §4.4).
const AnnotationRule kUnroll{
    "unroll", [](const SampleContext&, schedule::State& state, Rng& rng) {
      for (int id = 0; id < state.num_stages(); ++id) {
        const schedule::Stage& stage = state.stage(id);
        if (stage.is_placeholder() || stage.compute_at == schedule::ComputeAt::inlined || !has_reduce_iter(stage))
          continue;
        const int steps = kAutoUnrollSteps[rng.below(std::ssize(kAutoUnrollSteps))];
        apply(state, schedule::PragmaStep{id, 0, fmt::format("auto_unroll_max_step${}", steps)});
      }
      return true;
    }};

}  // namespace tilewright::space
