#include "base/integer.h"
#include "space/queries.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::State;

constexpr double kBalanced = 0.85;              ///< share of the cores' time that must be work
constexpr std::int64_t kMinElements = 1 << 12;  ///< fewer, and waking the other cores costs more than it saves

bool is_worth_it(const State& state, int id) {
  std::int64_t work = state.stage(id).tensor->elements();
  for (const te::AxisRef& axis : state.stage(id).tensor->reduce_axes) work *= axis->extent;
  if (work >= kMinElements) return true;
  for (int i = 0; i < static_cast<int>(state.stage(id).iters.size()); ++i)
    if (state.has_attached(id, i)) return true;
  return false;
}

double balance(std::int64_t pieces, int cores) {
  return static_cast<double>(pieces) / static_cast<double>(round_up(pieces, cores));
}

void annotate(State& state, int id, int cores, Rng& rng) {
  const schedule::Stage& stage = state.stage(id);
  std::vector<int> balanced;  // numbers of loops
  int best = 0;
  double best_balance = 0;
  std::int64_t pieces = 1;
  for (int i = 0; i < static_cast<int>(stage.iters.size()); ++i) {
    const schedule::Iterator& loop = stage.iters[static_cast<std::size_t>(i)];
    if (loop.kind != schedule::IterKind::spatial || loop.annotation != Annotation::none) break;
    if (i > 0 && state.has_attached(id, i - 1)) break;
    pieces *= loop.extent;
    const double b = balance(pieces, cores);
    if (loop.extent > 1 && b >= kBalanced) balanced.push_back(i + 1);
    if (b > best_balance) best = i + 1, best_balance = b;
    if (pieces > 16 * std::int64_t{cores}) break;
  }
  if (pieces == 1) return;
  const int count = balanced.empty() ? best : balanced[static_cast<std::size_t>(rng.below(std::ssize(balanced)))];
  if (count > 1) apply(state, schedule::FuseStep{id, range(0, count - 1)});
  apply(state, schedule::AnnotateStep{id, 0, Annotation::parallel});
}

}  // namespace

/// Runs the outer loops of root stages in parallel: of the ways to fuse them, one that loads all cores alike.
const AnnotationRule kBalancedParallel{
    "balanced-parallel", [](const SampleContext& context, State& state, Rng& rng) {
      for (int id = 0; id < state.num_stages(); ++id) {
        const schedule::Stage& stage = state.stage(id);
        if (!stage.is_placeholder() && stage.compute_at == schedule::ComputeAt::root && is_worth_it(state, id))
          annotate(state, id, context.hardware.cores, rng);
      }
      return true;
    }};

}  // namespace tilewright::space
