#include "measure/known_code.h"

#include "base/hash.h"

namespace tilewright::measure {

KnownCode::Key KnownCode::key(const std::string& task, std::string_view object) {
  return {task, hash_bytes(object), object.size()};
}

std::optional<Measurement> KnownCode::find(const std::string& task, std::string_view object) const {
  const auto found = known_.find(key(task, object));
  if (found == known_.end()) return std::nullopt;
  Measurement result = found->second;
  result.same_code = true;
  result.compile_s = result.run_s = 0;
  return result;
}

void KnownCode::add(const std::string& task, std::string_view object, const Measurement& measurement) {
  if (measurement.is_measured()) known_.insert_or_assign(key(task, object), measurement);
}

}  // namespace tilewright::measure
