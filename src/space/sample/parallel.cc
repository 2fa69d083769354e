#include "space/queries.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::State;

/// Fuses loops of `id` from `first` on until there is enough work for all cores, and marks the result. Where all of
/// them are trivial and stages are attached below, those are marked instead: never both, loops in parallel don't nest.
void annotate(State& state, int id, int first, int cores) {
  const schedule::Stage& stage = state.stage(id);
  std::int64_t degree = 1;
  int next = first;
  for (; next < static_cast<int>(stage.iters.size()); ++next) {
    const schedule::Iterator& loop = stage.iters[static_cast<std::size_t>(next)];
    if (loop.kind != schedule::IterKind::spatial || loop.annotation != Annotation::none) break;
    degree *= loop.extent;
    if (degree > 16 * std::int64_t{cores} || state.has_attached(id, next)) {
      ++next;
      break;
    }
  }
  if (degree == 1 && next > first && state.has_attached(id, next - 1)) {
    for (int attached : state.attached_to(id, next - 1)) annotate(state, attached, 0, cores);
    if (next < static_cast<int>(stage.iters.size())) annotate(state, id, next, cores);
    return;
  }
  if (next == first) return;
  if (next - first > 1) apply(state, schedule::FuseStep{id, range(first, next - 1)});
  apply(state, schedule::AnnotateStep{id, first, Annotation::parallel});
}

}  // namespace

/// Runs the outer loops of every root stage in parallel (docs/ansor.md §4.3). Draws nothing.
const AnnotationRule kParallel{
    "parallel", [](const SampleContext& context, State& state, Rng&) {
      for (int id = 0; id < state.num_stages(); ++id)
        if (!state.stage(id).is_placeholder() && state.stage(id).compute_at == schedule::ComputeAt::root)
          annotate(state, id, 0, context.hardware.cores);
      return true;
    }};

}  // namespace tilewright::space
