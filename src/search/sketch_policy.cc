#include "search/sketch_policy.h"

#include "base/error.h"

namespace tilewright::search {

std::unique_ptr<SketchPolicy> make_sketch_policy(std::string_view name) {
  if (name == "uniform") return std::make_unique<UniformSketchPolicy>();
  throw Error(Code::usage, "sketch policy {} is not known; there are: uniform", name);
}

}  // namespace tilewright::search
