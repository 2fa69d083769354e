#include "target/processors.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "target/host.h"

namespace tilewright::target {
namespace {

constexpr std::int64_t operator""_kib(unsigned long long count) { return static_cast<std::int64_t>(count) << 10; }
constexpr std::int64_t operator""_mib(unsigned long long count) { return static_cast<std::int64_t>(count) << 20; }

// Names of feature sets stand for many processors: four cores, and the smallest common caches of their kind.
constexpr Processor kProcessors[] = {
    {"x86-64-v2", "", "popcnt sse4.2", 4, 32_kib, 256_kib, 8_mib, 2, 16},  // Nehalem
    {"x86-64-v3", "", "avx avx2 bmi bmi2 f16c fma lzcnt movbe popcnt sse4.2", 4, 32_kib, 256_kib, 8_mib, 2,
     32},  // Haswell
    {"x86-64-v4", "x86-64-v3", "avx512bw avx512cd avx512dq avx512f avx512vl", 4, 32_kib, 1_mib, 16_mib, 2,
     64},                                                                                     // Skylake-SP
    {"aarch64+neon", "", "fp-armv8 neon", 4, 64_kib, 1_mib, 32_mib, 2, 16, true},             // Neoverse N1
    {"haswell", "x86-64-v3", "crc32 cx16 pclmul sahf", 12, 32_kib, 256_kib, 30_mib, 2, 32},   // Xeon E5-2680 v3
    {"skylake", "haswell", "prfchw", 4, 32_kib, 256_kib, 8_mib, 2, 32},                       // Core i7-6700K
    {"alderlake", "skylake", "avxvnni gfni vpclmulqdq", 8, 48_kib, 1280_kib, 30_mib, 2, 32},  // Core i9-12900K
    {"skylake-avx512", "skylake", "avx512bw avx512cd avx512dq avx512f avx512vl", 20, 32_kib, 1_mib, 28160_kib, 2,
     64},                                                                                  // Xeon Gold 6148
    {"cascadelake", "skylake-avx512", "avx512vnni", 20, 32_kib, 1_mib, 28160_kib, 2, 64},  // Xeon Gold 6248
    {"icelake-server", "cascadelake", "avx512bitalg avx512ifma avx512vbmi avx512vbmi2 avx512vpopcntdq gfni vpclmulqdq",
     40, 48_kib, 1280_kib, 60_mib, 2, 64},  // Xeon Platinum 8380
    {"sapphirerapids", "icelake-server", "avx512bf16 avx512fp16 avxvnni", 56, 48_kib, 2_mib, 105_mib, 2,
     64},  // Xeon Platinum 8480+
    // The third level is that of a core's own complex. Zen 1 splits 256 bits in two, Zen 4 512 bits.
    {"znver1", "haswell", "prfchw sse4a", 32, 32_kib, 512_kib, 8_mib, 2, 16},  // EPYC 7601
    {"znver2", "znver1", "", 64, 32_kib, 512_kib, 16_mib, 2, 32},              // EPYC 7742
    {"znver3", "znver2", "vpclmulqdq", 64, 32_kib, 512_kib, 32_mib, 2, 32},    // EPYC 7763
    {"znver4", "znver3",
     "avx512bf16 avx512bitalg avx512bw avx512cd avx512dq avx512f avx512ifma avx512vbmi avx512vbmi2 avx512vl avx512vnni "
     "avx512vpopcntdq gfni",
     96, 32_kib, 1_mib, 32_mib, 2, 32},                                                  // EPYC 9654
    {"znver5", "znver4", "avxvnni prefetchi", 128, 48_kib, 1_mib, 32_mib, 2, 64},        // EPYC 9755
    {"cortex-a72", "", "crc fp-armv8 neon sha2", 4, 32_kib, 1_mib, 1_mib, 1, 16, true},  // Raspberry Pi 4
    {"cortex-a76", "cortex-a72", "dotprod fullfp16 lse rcpc rdm", 4, 64_kib, 512_kib, 2_mib, 2, 16, true},  // Pi 5
    {"neoverse-n1", "cortex-a76", "", 64, 64_kib, 1_mib, 32_mib, 2, 16, true},                              // Graviton2
    {"neoverse-v1", "neoverse-n1", "bf16 complxnum fp16fml i8mm jsconv sha3 sve", 64, 64_kib, 1_mib, 32_mib, 4, 16,
     true},  // Graviton3
    {"neoverse-v2", "", "bf16 complxnum crc dotprod fp-armv8 fp16fml fullfp16 i8mm jsconv lse neon rcpc rdm sve sve2",
     96, 64_kib, 2_mib, 36_mib, 4, 16, true},  // Graviton4
    {"apple-m1", "cortex-a76", "altnzcv complxnum fp16fml fptoint jsconv sha3", 4, 128_kib, 12_mib, 12_mib, 4, 16,
     true},  // its fast cores
};

void append_features(const Processor& processor, std::vector<std::string>& features) {
  if (const Processor* parent = find_processor(processor.like)) append_features(*parent, features);
  std::istringstream names{std::string(processor.features)};
  for (std::string name; names >> name;) features.push_back("+" + name);
}

}  // namespace

std::span<const Processor> processors() { return kProcessors; }

const Processor* find_processor(std::string_view name) {
  const auto found = std::ranges::find(kProcessors, name, &Processor::name);
  return found == std::end(kProcessors) ? nullptr : found;
}

Result<TargetSpec> parse_target(const std::string& text) {
  if (text == "host" || text.empty()) return host_target();
  const Processor* processor = find_processor(text);
  if (processor == nullptr) {
    std::vector<std::string_view> names;
    for (const Processor& each : kProcessors) names.push_back(each.name);
    return failure("unknown target '{}': expected host, {}", text, fmt::join(names, ", "));
  }
  TargetSpec target;
  target.triple = processor->is_aarch64 ? "aarch64-unknown-linux-gnu" : "x86_64-unknown-linux-gnu";
  target.cpu = text == "aarch64+neon" ? "generic" : text;
  append_features(*processor, target.features);
  target.cores = processor->cores;
  target.l1d_bytes = processor->l1d_bytes;
  target.l2_bytes = processor->l2_bytes;
  target.l3_bytes = processor->l3_bytes;
  return with_registers(std::move(target));
}

}  // namespace tilewright::target
