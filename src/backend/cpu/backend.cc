#include "backend/cpu/backend.h"

#include "backend/cpu/compiler.h"
#include "backend/cpu/passes.h"
#include "backend/cpu/required_features.h"

namespace tilewright::cpu {
namespace {

class CpuBackend : public backend::Backend {
 public:
  loop::Program finish(loop::Program scheduled, const target::TargetSpec& target) const override {
    return run_target_passes(std::move(scheduled), target);
  }
  std::unique_ptr<backend::Compiler> compiler(const target::TargetSpec& target,
                                              double most_instructions) const override {
    return std::make_unique<Compiler>(target, most_instructions);
  }
  std::vector<std::string> required_features(const target::TargetSpec& target) const override {
    return cpu::required_features(target);
  }
};

}  // namespace

const backend::Backend& cpu_backend() {
  static const CpuBackend backend;
  return backend;
}

backend::TargetRef make_target(const target::TargetSpec& spec) {
  return std::make_shared<const backend::Target>(backend::Target{spec, &cpu_backend()});
}

}  // namespace tilewright::cpu
