#include <array>

#include "backend/cpu/passes.h"

namespace tilewright::cpu {

std::span<const TargetPass> target_passes() {
  static constexpr std::array kPasses{TargetPass{"hoist-invariants", hoist_invariants},
                                      TargetPass{"vectorize-reductions", vectorize_reductions},
                                      TargetPass{"form-tiles", form_tiles},
                                      TargetPass{"vectorize-innermost", vectorize_innermost},
                                      TargetPass{"tile-transposes", tile_transposes},
                                      TargetPass{"unroll-short-loops", unroll_short_loops},
                                      TargetPass{"slide-windows", slide_windows},
                                      TargetPass{"prefetch-weights", prefetch_weights}};
  return kPasses;
}

loop::Program run_target_passes(const loop::Program& scheduled, const target::TargetSpec& target) {
  loop::Program program = scheduled;
  for (const TargetPass& pass : target_passes()) {
    pass.run(program, target);
#ifndef NDEBUG
    const Status ok = loop::verify(program);
    TW_CHECK(static_cast<bool>(ok), "after {}: {}", pass.name, ok.message());
#endif
  }
  return program;
}

}  // namespace tilewright::cpu
