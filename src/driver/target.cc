#include "driver/target.h"

#include <fmt/ranges.h>

#include "backend/cpu/backend.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright::driver {

target::TargetSpec parse_target(const std::string& text) {
  Result<target::TargetSpec> target = target::parse_target(text);
  if (!target) throw Error(Code::usage, "{}", target.message());
  return std::move(*target);
}

target::TargetSpec parse_target_to_run(const std::string& text) {
  target::TargetSpec target = parse_target(text);
  if (target.is_aarch64() != target::host_target().is_aarch64())
    throw Error(Code::usage, "this machine can't run code for {}; compile can make it", text);
  if (const std::vector<std::string> missing = target::missing_features(cpu::cpu_backend().required_features(target));
      !missing.empty())
    throw Error(Code::usage, "this machine can't run code for {}: it lacks {}", text, fmt::join(missing, ", "));
  return target;
}

backend::TargetRef with_backend(const target::TargetSpec& spec) { return cpu::make_target(spec); }

}  // namespace tilewright::driver
