#include <array>

#include "codegen/passes.h"

namespace tilewright::codegen {

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

loop::Program finish(const loop::Program& scheduled, const Target& target) {
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

}  // namespace tilewright::codegen
