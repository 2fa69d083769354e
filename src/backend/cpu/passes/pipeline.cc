#include "backend/cpu/passes.h"

namespace tilewright::cpu {

TargetPasses& pass_manager() {
  static TargetPasses manager(
      "target",
      {
          // First: all others look at innermost loops, and these are shorter and have one store afterwards.
          {"hoist-invariants", hoist_invariants},
          // Before form-tiles, which would make a tile of a reduction that is better summed in lanes.
          {"vectorize-reductions", vectorize_reductions},
          // Before vectorize-innermost: it chooses which loop of a tile is the vector; what it leaves alone is no tile.
          {"form-tiles", form_tiles},
          // After form-tiles, for the loops that are part of none: elementwise ones, initialisations.
          {"vectorize-innermost", vectorize_innermost},
          // Once all vectors are there: it moves a loop inside of one whose loads or stores stride.
          {"tile-transposes", tile_transposes},
          // After all that choose which loops are innermost; before slide-windows, which wants the taps unrolled.
          {"unroll-short-loops", unroll_short_loops},
          // After unroll-short-loops: it exchanges unrolled loops.
          {"slide-windows", slide_windows},
          // Last: what an iteration reads is known when no loop changes any more.
          {"prefetch-weights", prefetch_weights},
      },
      loop::verify, loop::to_text);
  return manager;
}

loop::Program run_target_passes(loop::Program scheduled, const target::TargetSpec& target) {
  pass_manager().run(scheduled, target);
  return scheduled;
}

}  // namespace tilewright::cpu
