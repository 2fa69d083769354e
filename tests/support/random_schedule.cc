#include "support/random_schedule.h"

#include <algorithm>
#include <numeric>

namespace tilewright::support {
namespace {

using namespace schedule;

class Generator {
 public:
  Generator(const te::DagRef& dag, Rng& rng) : state_(State::initial(dag)), rng_(rng) {}

  State run() {
    for (int s = state_.num_stages(); s-- > 0;) {
      if (is_placeholder(s)) continue;
      if (rng_.chance(0.3))
        (void)state_.apply(ComputeInlineStep{s});
      else if (rng_.chance(0.2))
        (void)state_.apply(CacheWriteStep{s, "local"});
    }
    for (int s = 0; s < state_.num_stages(); ++s)
      if (!is_placeholder(s)) shape_loops(s);
    for (int s = state_.num_stages(); s-- > 0;)
      if (!is_placeholder(s) && rng_.chance(0.5)) attach(s);
    for (int s = 0; s < state_.num_stages(); ++s)
      if (!is_placeholder(s)) annotate(s);
    return state_;
  }

 private:
  bool is_placeholder(int s) const { return state_.stage(s).is_placeholder(); }
  int num_iters(int s) const { return static_cast<int>(state_.stage(s).iters.size()); }

  void shape_loops(int s) {
    const int steps = static_cast<int>(rng_.below(4));
    for (int i = 0; i < steps && num_iters(s) > 0; ++i) {
      if (rng_.chance(0.6))
        split(s);
      else if (rng_.chance(0.5))
        fuse(s);
      else
        reorder(s);
    }
  }

  void split(int s) {
    if (num_iters(s) > 12) return;
    const int iter = static_cast<int>(rng_.below(num_iters(s)));
    const std::int64_t extent = state_.stage(s).iters[static_cast<std::size_t>(iter)].extent;
    if (extent < 1) return;
    std::vector<std::int64_t> lengths;
    for (std::int64_t n = rng_.between(1, 3); n > 0; --n)
      lengths.push_back(rng_.between(1, std::min<std::int64_t>(extent + 1, 20)));
    (void)state_.apply(SplitStep{s, iter, extent, lengths, rng_.chance(0.85)});
  }

  void fuse(int s) {
    const int first = static_cast<int>(rng_.below(num_iters(s)));
    const int count = static_cast<int>(rng_.between(1, 3));
    std::vector<int> iters;
    for (int i = first; i < std::min(first + count, num_iters(s)); ++i) {
      if (state_.stage(s).iters[static_cast<std::size_t>(i)].kind !=
          state_.stage(s).iters[static_cast<std::size_t>(first)].kind)
        break;
      iters.push_back(i);
    }
    (void)state_.apply(FuseStep{s, iters});
  }

  void reorder(int s) {
    std::vector<int> order(static_cast<std::size_t>(num_iters(s)));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), rng_);
    (void)state_.apply(ReorderStep{s, order});
  }

  void attach(int s) {
    const auto& readers = state_.dag()->readers(s);
    if (readers.empty()) return;
    const int target = readers[static_cast<std::size_t>(rng_.below(static_cast<std::int64_t>(readers.size())))];
    if (num_iters(target) == 0) return;
    (void)state_.apply(ComputeAtStep{s, target, static_cast<int>(rng_.below(num_iters(target)))});
  }

  void annotate(int s) {
    const Stage& stage = state_.stage(s);
    if (stage.compute_at == ComputeAt::inlined || num_iters(s) == 0) return;
    if (stage.compute_at == ComputeAt::root && rng_.chance(0.5))
      (void)state_.apply(AnnotateStep{s, 0, Annotation::parallel});
    if (rng_.chance(0.6)) (void)state_.apply(AnnotateStep{s, num_iters(s) - 1, Annotation::vectorize});
    for (int i = 1; i + 1 < num_iters(s); ++i)
      if (rng_.chance(0.25)) (void)state_.apply(AnnotateStep{s, i, Annotation::unroll});
    if (rng_.chance(0.4)) {
      const int steps[] = {16, 64, 512};
      (void)state_.apply(PragmaStep{s, 0, "auto_unroll_max_step$" + std::to_string(steps[rng_.below(3)])});
    }
  }

  State state_;
  Rng& rng_;
};

}  // namespace

State random_schedule(const te::DagRef& dag, Rng& rng) { return Generator(dag, rng).run(); }

}  // namespace tilewright::support
