#include "space/queries.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

using schedule::State;

constexpr std::int64_t kMaxVectorizeSize = 16;  ///< elements

/// How many innermost loops may become one vector.
int vectorizable_loops(const State& state, int id) {
  const schedule::Stage& stage = state.stage(id);
  std::int64_t lanes = 1;
  int count = 0;
  for (int i = static_cast<int>(stage.iters.size()); i-- > 0;) {
    const schedule::Iterator& loop = stage.iters[static_cast<std::size_t>(i)];
    if (loop.kind != schedule::IterKind::spatial || loop.annotation != schedule::Annotation::none) break;
    if (state.has_attached(id, i)) break;
    lanes *= loop.extent;
    if (loop.extent == schedule::kUnknown || lanes > kMaxVectorizeSize) break;
    ++count;
    if (is_tiled(stage)) break;
  }
  return count;
}

}  // namespace

/// Vectorizes innermost loops of every stage (docs/ansor.md §4.5).
const AnnotationRule kVectorize{"vectorize", [](const SampleContext&, State& state, Rng& rng) {
                                  for (int id = 0; id < state.num_stages(); ++id) {
                                    const schedule::Stage& stage = state.stage(id);
                                    if (stage.is_placeholder() || stage.compute_at == schedule::ComputeAt::inlined)
                                      continue;
                                    int count = vectorizable_loops(state, id);
                                    if (count == 0) continue;
                                    if (count > 1) count = 1 + static_cast<int>(rng.below(count - 1));
                                    const int first = static_cast<int>(stage.iters.size()) - count;
                                    if (count > 1)
                                      apply(state, schedule::FuseStep{id, range(first, first + count - 1)});
                                    apply(state, schedule::AnnotateStep{id, first, schedule::Annotation::vectorize});
                                  }
                                  return true;
                                }};

}  // namespace tilewright::space
