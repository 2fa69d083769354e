#include "driver/target.h"

#include <fmt/ranges.h>

#include "runtime/processor.h"

namespace tilewright::driver {

codegen::Target parse_target(const std::string& text) {
  Result<codegen::Target> target = codegen::Target::parse(text);
  if (!target) throw Error(Code::usage, "{}", target.message());
  return std::move(*target);
}

codegen::Target parse_target_to_run(const std::string& text) {
  codegen::Target target = parse_target(text);
  if (target.is_aarch64() != codegen::Target::host().is_aarch64())
    throw Error(Code::usage, "this machine can't run code for {}; compile can make it", text);
  if (const std::vector<std::string> missing = runtime::missing_features(target.required_features()); !missing.empty())
    throw Error(Code::usage, "this machine can't run code for {}: it lacks {}", text, fmt::join(missing, ", "));
  return target;
}

}  // namespace tilewright::driver
