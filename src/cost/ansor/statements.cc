#include "cost/ansor/statements.h"

#include <algorithm>

namespace tilewright::cost::ansor {
namespace {

using schedule::ComputeAt;
using schedule::IterKind;
using schedule::Stage;

class Walk {
 public:
  Walk(const schedule::State& state, const loop::Bounds& bounds) : state_(state), bounds_(bounds) {
    out_.allocated_in.assign(bounds.stages.size(), 1);
    attached_.resize(bounds.stages.size());
    for (int s = 0; s < state.num_stages(); ++s)
      if (state.stage(s).compute_at == ComputeAt::iter)
        attached_[static_cast<std::size_t>(state.stage(s).attach_stage)].push_back(s);
  }

  Statements run() {
    for (int s = 0; s < state_.num_stages(); ++s)
      if (!state_.stage(s).is_placeholder() && state_.stage(s).compute_at == ComputeAt::root) stage(s, {-1, 1, 0});
    return std::move(out_);
  }

 private:
  /// Where the walk stands.
  struct Place {
    int loop;
    double trips;  ///< iterations of the loops around
    int unroll_step;
  };

  void stage(int s, Place place) {
    const Stage& at = state_.stage(s);
    const loop::StageLoops& bounds = bounds_.stages[static_cast<std::size_t>(s)];
    out_.allocated_in[static_cast<std::size_t>(s)] = place.trips;
    if (at.auto_unroll_max_step > 0) place.unroll_step = at.auto_unroll_max_step;
    const bool reduces = bounds.init >= 0;
    bool started = !reduces;
    for (std::size_t i = 0; i < at.iters.size(); ++i) {
      if (!started && at.iters[i].kind == IterKind::reduction) {
        start(s, i, place);
        started = true;
      }
      enter(s, i, place);
      for (int inner : attached_[static_cast<std::size_t>(s)])
        if (state_.stage(inner).attach_iter == static_cast<int>(i)) stage(inner, place);
    }
    if (!started) start(s, at.iters.size(), place);
    out_.statements.push_back({s, place.loop, reduces ? bounds.update : bounds.value, place.unroll_step});
  }

  /// The identity, for all elements that the loops from `position` on update.
  void start(int s, std::size_t position, Place place) {
    const Stage& at = state_.stage(s);
    for (std::size_t i = position; i < at.iters.size(); ++i)
      if (at.iters[i].kind == IterKind::spatial) enter(s, i, place);
    out_.statements.push_back({s, place.loop, bounds_.stages[static_cast<std::size_t>(s)].init, place.unroll_step});
  }

  void enter(int s, std::size_t i, Place& place) {
    const loop::StageLoops& bounds = bounds_.stages[static_cast<std::size_t>(s)];
    if (bounds.loops[i] < 0) return;
    out_.loops.push_back({bounds.loops[i], bounds.extents[i], state_.stage(s).iters[i].annotation, place.loop});
    place.loop = static_cast<int>(out_.loops.size()) - 1;
    place.trips *= static_cast<double>(bounds.extents[i]);
  }

  const schedule::State& state_;
  const loop::Bounds& bounds_;
  std::vector<std::vector<int>> attached_;  ///< per stage: the stages attached to its loops
  Statements out_;
};

}  // namespace

Statements statements_of(const schedule::State& state, const loop::Bounds& bounds) { return Walk(state, bounds).run(); }

}  // namespace tilewright::cost::ansor
