#include "runtime/cpu/processor.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace tilewright::runtime {
namespace {

#if defined(__x86_64__)

enum Register : std::uint8_t { eax, ebx, ecx, edx };

// Registers that the operating system has to save for a feature to be usable, as bits of XCR0.
constexpr std::uint64_t kYmm = 0x6, kZmm = 0xe6, kApx = std::uint64_t{1} << 19;

/// Where the processor says whether it has a feature (Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E).
struct Feature {
  std::string_view name;
  std::uint32_t leaf, subleaf;
  Register in;
  int bit;
  std::uint64_t state = 0;
};

constexpr std::uint32_t kAmd = 0x80000001;
constexpr Feature kFeatures[] = {
    {"x87", 1, 0, edx, 0},
    {"cx8", 1, 0, edx, 8},
    {"cmov", 1, 0, edx, 15},
    {"mmx", 1, 0, edx, 23},
    {"sse", 1, 0, edx, 25},
    {"sse2", 1, 0, edx, 26},
    {"64bit", kAmd, 0, edx, 29},
    {"sse3", 1, 0, ecx, 0},
    {"pclmul", 1, 0, ecx, 1},
    {"ssse3", 1, 0, ecx, 9},
    {"fma", 1, 0, ecx, 12, kYmm},
    {"cx16", 1, 0, ecx, 13},
    {"sse4.1", 1, 0, ecx, 19},
    {"sse4.2", 1, 0, ecx, 20},
    {"crc32", 1, 0, ecx, 20},  // came with SSE4.2
    {"movbe", 1, 0, ecx, 22},
    {"popcnt", 1, 0, ecx, 23},
    {"avx", 1, 0, ecx, 28, kYmm},
    {"f16c", 1, 0, ecx, 29, kYmm},
    {"sahf", kAmd, 0, ecx, 0},
    {"lzcnt", kAmd, 0, ecx, 5},
    {"sse4a", kAmd, 0, ecx, 6},
    {"prfchw", kAmd, 0, ecx, 8},
    {"xop", kAmd, 0, ecx, 11, kYmm},
    {"fma4", kAmd, 0, ecx, 16, kYmm},
    {"tbm", kAmd, 0, ecx, 21},
    {"bmi", 7, 0, ebx, 3},
    {"avx2", 7, 0, ebx, 5, kYmm},
    {"bmi2", 7, 0, ebx, 8},
    {"avx512f", 7, 0, ebx, 16, kZmm},
    {"evex512", 7, 0, ebx, 16, kZmm},  // LLVM's name for AVX-512 with registers of 512 bits
    {"avx512dq", 7, 0, ebx, 17, kZmm},
    {"avx512ifma", 7, 0, ebx, 21, kZmm},
    {"avx512cd", 7, 0, ebx, 28, kZmm},
    {"avx512bw", 7, 0, ebx, 30, kZmm},
    {"avx512vl", 7, 0, ebx, 31, kZmm},
    {"avx512vbmi", 7, 0, ecx, 1, kZmm},
    {"avx512vbmi2", 7, 0, ecx, 6, kZmm},
    {"gfni", 7, 0, ecx, 8},
    {"vpclmulqdq", 7, 0, ecx, 10, kYmm},
    {"avx512vnni", 7, 0, ecx, 11, kZmm},
    {"avx512bitalg", 7, 0, ecx, 12, kZmm},
    {"avx512vpopcntdq", 7, 0, ecx, 14, kZmm},
    {"avx512fp16", 7, 0, edx, 23, kZmm},
    {"avxvnni", 7, 1, eax, 4, kYmm},
    {"avx512bf16", 7, 1, eax, 5, kZmm},
    {"avxifma", 7, 1, eax, 23, kYmm},
    {"avxvnniint8", 7, 1, edx, 4, kYmm},
    {"avxneconvert", 7, 1, edx, 5, kYmm},
    {"avxvnniint16", 7, 1, edx, 10, kYmm},
    {"prefetchi", 7, 1, edx, 14},
    {"avx10.1-256", 0x24, 0, ebx, 17, kYmm},
    {"avx10.1-512", 0x24, 0, ebx, 18, kZmm},
    // Intel APX is one bit, its parts have names.
    {"egpr", 7, 1, edx, 21, kApx},
    {"push2pop2", 7, 1, edx, 21, kApx},
    {"ppx", 7, 1, edx, 21, kApx},
    {"ndd", 7, 1, edx, 21, kApx},
    {"ccmp", 7, 1, edx, 21, kApx},
    {"nf", 7, 1, edx, 21, kApx},
    {"cf", 7, 1, edx, 21, kApx},
    {"zu", 7, 1, edx, 21, kApx},
};

/// The register states that the operating system saves.
std::uint64_t saved_state() {
  constexpr std::uint32_t kOsXsave = 1U << 27;
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kOsXsave) == 0) return 0;
  asm volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return std::uint64_t{d} << 32 | a;
}

bool has(const Feature& feature) {
  std::uint32_t registers[4] = {};
  if (__get_cpuid_count(feature.leaf, feature.subleaf, &registers[eax], &registers[ebx], &registers[ecx],
                        &registers[edx]) == 0)
    return false;
  static const std::uint64_t saved = saved_state();
  return (registers[feature.in] >> feature.bit & 1) != 0 && (saved & feature.state) == feature.state;
}

#elif defined(__aarch64__)

/// The bits of the kernel's auxiliary vector, AT_HWCAP and AT_HWCAP2, that say so (Linux, arm64/elf_hwcaps).
struct Feature {
  std::string_view name;
  std::uint64_t first, second = 0;
};

constexpr Feature kFeatures[] = {
    {"fp-armv8", HWCAP_FP},
    {"neon", HWCAP_ASIMD},
    {"aes", HWCAP_AES},
    {"sha2", HWCAP_SHA2},
    {"crc", HWCAP_CRC32},
    {"lse", HWCAP_ATOMICS},
    {"fullfp16", HWCAP_FPHP | HWCAP_ASIMDHP},
    {"rdm", HWCAP_ASIMDRDM},
    {"jsconv", HWCAP_JSCVT},
    {"complxnum", HWCAP_FCMA},
    {"rcpc", HWCAP_LRCPC},
    {"rcpc-immo", HWCAP_ILRCPC},
    {"dotprod", HWCAP_ASIMDDP},
    {"sha3", HWCAP_SHA3 | HWCAP_SHA512},
    {"sm4", HWCAP_SM3 | HWCAP_SM4},
    {"fp16fml", HWCAP_ASIMDFHM},
    {"flagm", HWCAP_FLAGM},
    {"sve", HWCAP_SVE},
    {"sve2", HWCAP_SVE, HWCAP2_SVE2},
    {"i8mm", 0, HWCAP2_I8MM},
    {"bf16", 0, HWCAP2_BF16},
    {"fptoint", 0, HWCAP2_FRINT},
    {"altnzcv", 0, HWCAP2_FLAGM2},
};

bool has(const Feature& feature) {
  return (getauxval(AT_HWCAP) & feature.first) == feature.first &&
         (getauxval(AT_HWCAP2) & feature.second) == feature.second;
}

#endif

/// Nothing for a name that is not known.
std::optional<bool> is_supported(const std::string& name) {
  const auto feature = std::ranges::find(kFeatures, name, &Feature::name);
  if (feature == std::end(kFeatures)) return std::nullopt;
  return has(*feature);
}

}  // namespace

std::vector<std::string> missing_features(const std::vector<std::string>& features) {
  std::vector<std::string> missing;
  for (const std::string& name : features) {
    const std::optional<bool> supported = is_supported(name);
    if (!supported)
      missing.push_back(name + " (not known to this version)");
    else if (!*supported)
      missing.push_back(name);
  }
  return missing;
}

}  // namespace tilewright::runtime
