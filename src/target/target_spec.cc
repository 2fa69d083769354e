#include "target/target_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "target/processors.h"

namespace tilewright::target {
namespace {

template <class Counts>
std::string fingerprint_over(const TargetSpec& target, const Counts& counts) {
  std::uint64_t hash = hash_bytes(target.triple);
  for (const std::string& feature : target.features)
    if (counts(feature)) hash = hash_mix(hash, hash_bytes(feature));
  return fmt::format("{}-{:08x}", target.cpu, static_cast<std::uint32_t>(hash));
}

}  // namespace

int TargetSpec::lanes(DType type) const { return std::max<int>(1, vector_bytes / static_cast<int>(bytes_of(type))); }

bool TargetSpec::has(std::string_view feature) const {
  return std::ranges::any_of(features, [&](const std::string& f) { return f[0] == '+' && f.substr(1) == feature; });
}

std::string TargetSpec::fingerprint() const {
  return fingerprint_over(*this, [](const std::string& feature) { return feature.starts_with('+'); });
}

bool TargetSpec::is_called(std::string_view recorded) const {
  return recorded == fingerprint() || recorded == fingerprint_over(*this, [](const std::string&) { return true; });
}

TargetSpec with_registers(TargetSpec target) {
  if (target.is_aarch64()) {
    target.vector_bytes = 16;
    target.vector_registers = 32;
    target.has_fma = true;
  } else {
    const bool avx512 =
        target.has("avx512f") && target.has("avx512vl") && target.has("avx512dq") && target.has("avx512bw");
    target.vector_bytes = avx512 ? 64 : target.has("avx2") ? 32 : 16;
    target.vector_registers = avx512 ? 32 : 16;
    target.has_fma = target.has("fma");
  }
  target.unit_bytes = target.vector_bytes;
  if (const Processor* processor = find_processor(target.cpu)) {
    target.fma_units = processor->fma_units;
    target.unit_bytes = std::min(processor->unit_bytes, target.vector_bytes);
  }
  return target;
}

}  // namespace tilewright::target
