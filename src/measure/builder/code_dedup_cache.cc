#include "measure/builder/code_dedup_cache.h"

#include "base/hash.h"

namespace tilewright::measure {

CodeDedupCache::Key CodeDedupCache::key(const std::string& task, std::string_view object) {
  return {task, hash_bytes(object), object.size()};
}

std::optional<task::Measurement> CodeDedupCache::find(const std::string& task, std::string_view object) const {
  const auto found = known_.find(key(task, object));
  if (found == known_.end()) return std::nullopt;
  task::Measurement result = found->second;
  result.same_code = true;
  result.compile_s = result.run_s = 0;
  return result;
}

void CodeDedupCache::add(const std::string& task, std::string_view object, const task::Measurement& measurement) {
  if (measurement.is_measured()) known_.insert_or_assign(key(task, object), measurement);
}

}  // namespace tilewright::measure
