#include <array>

#include "loop/passes.h"

namespace tilewright::loop {

std::span<const Pass> pipeline() {
  static constexpr std::array kPipeline{Pass{"split-guards", split_guards}, Pass{"auto-unroll", auto_unroll}};
  return kPipeline;
}

}  // namespace tilewright::loop
