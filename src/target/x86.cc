#include "target/x86.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

namespace tilewright::target {
namespace {

using Register = std::uint32_t CpuidLeaf::*;
constexpr Register kEax = &CpuidLeaf::eax, kEbx = &CpuidLeaf::ebx, kEcx = &CpuidLeaf::ecx, kEdx = &CpuidLeaf::edx;

// Registers that the operating system has to save for a feature to be usable, as bits of XCR0.
constexpr std::uint64_t kYmm = 0x6, kZmm = 0xe6, kTiles = 0x60000, kApx = std::uint64_t{1} << 19;

/// Whether LLVM 19 lists a feature of a processor; fingerprints of old records hash what is listed.
enum class Listed : std::uint8_t { always, if_enabled, never };

/// Where the processor says whether it has a feature (Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E), under
/// LLVM's name.
struct X86Feature {
  std::string_view name;
  std::uint32_t leaf, subleaf;
  Register in;
  int bit;
  std::uint64_t state = 0;
  Listed listed = Listed::always;
};

constexpr std::uint32_t kAmd = 0x80000001, kAmd8 = 0x80000008;
constexpr X86Feature kX86Features[] = {
    {"x87", 1, 0, kEdx, 0, 0, Listed::never},
    {"cx8", 1, 0, kEdx, 8},
    {"cmov", 1, 0, kEdx, 15},
    {"mmx", 1, 0, kEdx, 23},
    {"fxsr", 1, 0, kEdx, 24},
    {"sse", 1, 0, kEdx, 25},
    {"sse2", 1, 0, kEdx, 26},
    {"sse3", 1, 0, kEcx, 0},
    {"pclmul", 1, 0, kEcx, 1},
    {"ssse3", 1, 0, kEcx, 9},
    {"fma", 1, 0, kEcx, 12, kYmm},
    {"cx16", 1, 0, kEcx, 13},
    {"sse4.1", 1, 0, kEcx, 19},
    {"sse4.2", 1, 0, kEcx, 20},
    {"crc32", 1, 0, kEcx, 20},  // came with SSE4.2
    {"movbe", 1, 0, kEcx, 22},
    {"popcnt", 1, 0, kEcx, 23},
    {"aes", 1, 0, kEcx, 25},
    {"xsave", 1, 0, kEcx, 26, kYmm},
    {"avx", 1, 0, kEcx, 28, kYmm},
    {"f16c", 1, 0, kEcx, 29, kYmm},
    {"rdrnd", 1, 0, kEcx, 30},
    {"sahf", kAmd, 0, kEcx, 0},
    {"lzcnt", kAmd, 0, kEcx, 5},
    {"sse4a", kAmd, 0, kEcx, 6},
    {"prfchw", kAmd, 0, kEcx, 8},
    {"xop", kAmd, 0, kEcx, 11, kYmm},
    {"lwp", kAmd, 0, kEcx, 15},
    {"fma4", kAmd, 0, kEcx, 16, kYmm},
    {"tbm", kAmd, 0, kEcx, 21},
    {"mwaitx", kAmd, 0, kEcx, 29},
    {"64bit", kAmd, 0, kEdx, 29},
    {"clzero", kAmd8, 0, kEbx, 0},
    {"rdpru", kAmd8, 0, kEbx, 4},
    {"wbnoinvd", kAmd8, 0, kEbx, 9},
    {"fsgsbase", 7, 0, kEbx, 0},
    {"sgx", 7, 0, kEbx, 2},
    {"bmi", 7, 0, kEbx, 3},
    {"avx2", 7, 0, kEbx, 5, kYmm},
    {"bmi2", 7, 0, kEbx, 8},
    {"invpcid", 7, 0, kEbx, 10},
    {"rtm", 7, 0, kEbx, 11},
    {"avx512f", 7, 0, kEbx, 16, kZmm},
    {"evex512", 7, 0, kEbx, 16, kZmm, Listed::if_enabled},  // LLVM's name for AVX-512 with registers of 512 bits
    {"avx512dq", 7, 0, kEbx, 17, kZmm},
    {"rdseed", 7, 0, kEbx, 18},
    {"adx", 7, 0, kEbx, 19},
    {"avx512ifma", 7, 0, kEbx, 21, kZmm},
    {"clflushopt", 7, 0, kEbx, 23},
    {"clwb", 7, 0, kEbx, 24},
    {"avx512cd", 7, 0, kEbx, 28, kZmm},
    {"sha", 7, 0, kEbx, 29},
    {"avx512bw", 7, 0, kEbx, 30, kZmm},
    {"avx512vl", 7, 0, kEbx, 31, kZmm},
    {"avx512vbmi", 7, 0, kEcx, 1, kZmm},
    {"pku", 7, 0, kEcx, 4},
    {"waitpkg", 7, 0, kEcx, 5},
    {"avx512vbmi2", 7, 0, kEcx, 6, kZmm},
    {"shstk", 7, 0, kEcx, 7},
    {"gfni", 7, 0, kEcx, 8},
    {"vaes", 7, 0, kEcx, 9, kYmm},
    {"vpclmulqdq", 7, 0, kEcx, 10, kYmm},
    {"avx512vnni", 7, 0, kEcx, 11, kZmm},
    {"avx512bitalg", 7, 0, kEcx, 12, kZmm},
    {"avx512vpopcntdq", 7, 0, kEcx, 14, kZmm},
    {"rdpid", 7, 0, kEcx, 22},
    {"kl", 7, 0, kEcx, 23},
    {"cldemote", 7, 0, kEcx, 25},
    {"movdiri", 7, 0, kEcx, 27},
    {"movdir64b", 7, 0, kEcx, 28},
    {"enqcmd", 7, 0, kEcx, 29},
    {"uintr", 7, 0, kEdx, 5},
    {"avx512vp2intersect", 7, 0, kEdx, 8, kZmm},
    {"serialize", 7, 0, kEdx, 14},
    {"tsxldtrk", 7, 0, kEdx, 16},
    {"pconfig", 7, 0, kEdx, 18},
    {"amx-bf16", 7, 0, kEdx, 22, kTiles},
    {"avx512fp16", 7, 0, kEdx, 23, kZmm},
    {"amx-tile", 7, 0, kEdx, 24, kTiles},
    {"amx-int8", 7, 0, kEdx, 25, kTiles},
    {"sha512", 7, 1, kEax, 0},
    {"sm3", 7, 1, kEax, 1},
    {"sm4", 7, 1, kEax, 2},
    {"raoint", 7, 1, kEax, 3},
    {"avxvnni", 7, 1, kEax, 4, kYmm},
    {"avx512bf16", 7, 1, kEax, 5, kZmm},
    {"cmpccxadd", 7, 1, kEax, 7},
    {"amx-fp16", 7, 1, kEax, 21, kTiles},
    {"hreset", 7, 1, kEax, 22},
    {"avxifma", 7, 1, kEax, 23, kYmm},
    {"avxvnniint8", 7, 1, kEdx, 4, kYmm},
    {"avxneconvert", 7, 1, kEdx, 5, kYmm},
    {"amx-complex", 7, 1, kEdx, 8, kTiles},
    {"avxvnniint16", 7, 1, kEdx, 10, kYmm},
    {"prefetchi", 7, 1, kEdx, 14},
    {"usermsr", 7, 1, kEdx, 15},
    {"xsaveopt", 0xd, 1, kEax, 0, kYmm},
    {"xsavec", 0xd, 1, kEax, 1, kYmm},
    {"xsaves", 0xd, 1, kEax, 3, kYmm},
    {"ptwrite", 0x14, 0, kEbx, 4},
    {"widekl", 0x19, 0, kEbx, 2},
    {"avx10.1-256", 0x24, 0, kEbx, 17, kYmm},
    {"avx10.1-512", 0x24, 0, kEbx, 18, kZmm},
    // Intel APX is one bit, its parts have names.
    {"egpr", 7, 1, kEdx, 21, kApx},
    {"push2pop2", 7, 1, kEdx, 21, kApx},
    {"ppx", 7, 1, kEdx, 21, kApx},
    {"ndd", 7, 1, kEdx, 21, kApx},
    {"ccmp", 7, 1, kEdx, 21, kApx},
    {"nf", 7, 1, kEdx, 21, kApx, Listed::never},
    {"cf", 7, 1, kEdx, 21, kApx},
    {"zu", 7, 1, kEdx, 21, kApx, Listed::never},
};

static_assert(std::ranges::all_of(kX86Features, [](const X86Feature& feature) {
  return std::ranges::any_of(kX86Leaves, [&](const CpuidLeaf& asked) {
    return asked.leaf == feature.leaf && asked.subleaf == feature.subleaf;
  });
}));

/// LLVM's names of a vendor's processors, by family and model (Intel SDM volume 4, table 2-1; AMD's revision guides).
struct X86Models {
  std::uint32_t family, first, last;
  std::string_view cpu;
};

constexpr X86Models kIntel[] = {
    {6, 0x0f, 0x0f, "core2"},
    {6, 0x16, 0x16, "core2"},
    {6, 0x17, 0x17, "penryn"},
    {6, 0x1d, 0x1d, "penryn"},
    {6, 0x1a, 0x1a, "nehalem"},
    {6, 0x1e, 0x1f, "nehalem"},
    {6, 0x2e, 0x2e, "nehalem"},
    {6, 0x25, 0x25, "westmere"},
    {6, 0x2c, 0x2c, "westmere"},
    {6, 0x2f, 0x2f, "westmere"},
    {6, 0x2a, 0x2a, "sandybridge"},
    {6, 0x2d, 0x2d, "sandybridge"},
    {6, 0x3a, 0x3a, "ivybridge"},
    {6, 0x3e, 0x3e, "ivybridge"},
    {6, 0x3c, 0x3c, "haswell"},
    {6, 0x3f, 0x3f, "haswell"},
    {6, 0x45, 0x46, "haswell"},
    {6, 0x3d, 0x3d, "broadwell"},
    {6, 0x47, 0x47, "broadwell"},
    {6, 0x4f, 0x4f, "broadwell"},
    {6, 0x56, 0x56, "broadwell"},
    {6, 0x4e, 0x4e, "skylake"},
    {6, 0x5e, 0x5e, "skylake"},
    {6, 0x8e, 0x8e, "skylake"},  // Kaby Lake
    {6, 0x9e, 0x9e, "skylake"},
    {6, 0xa5, 0xa6, "skylake"},         // Comet Lake
    {6, 0x55, 0x55, "skylake-avx512"},  // and two that came after it, by their features
    {6, 0x66, 0x66, "cannonlake"},
    {6, 0x7d, 0x7e, "icelake-client"},
    {6, 0x6a, 0x6a, "icelake-server"},
    {6, 0x6c, 0x6c, "icelake-server"},
    {6, 0xa7, 0xa7, "rocketlake"},
    {6, 0x8c, 0x8d, "tigerlake"},
    {6, 0x97, 0x97, "alderlake"},
    {6, 0x9a, 0x9a, "alderlake"},
    {6, 0xb7, 0xb7, "alderlake"},  // Raptor Lake
    {6, 0xba, 0xba, "alderlake"},
    {6, 0xbf, 0xbf, "alderlake"},
    {6, 0xbe, 0xbe, "alderlake"},  // Gracemont alone
    {6, 0xaa, 0xaa, "alderlake"},  // Meteor Lake
    {6, 0xac, 0xac, "alderlake"},
    {6, 0xc5, 0xc5, "arrowlake"},
    {6, 0xc6, 0xc6, "arrowlake-s"},
    {6, 0xbd, 0xbd, "arrowlake-s"},  // Lunar Lake
    {6, 0xcc, 0xcc, "pantherlake"},
    {6, 0x8f, 0x8f, "sapphirerapids"},
    {6, 0xcf, 0xcf, "sapphirerapids"},  // Emerald Rapids
    {6, 0xad, 0xad, "graniterapids"},
    {6, 0xae, 0xae, "graniterapids-d"},
    {6, 0xaf, 0xaf, "sierraforest"},
    {6, 0xb6, 0xb6, "grandridge"},
    {6, 0xdd, 0xdd, "clearwaterforest"},
    {6, 0x57, 0x57, "knl"},
    {6, 0x85, 0x85, "knm"},
    {6, 0x1c, 0x1c, "bonnell"},
    {6, 0x26, 0x27, "bonnell"},
    {6, 0x35, 0x36, "bonnell"},
    {6, 0x37, 0x37, "silvermont"},
    {6, 0x4a, 0x4a, "silvermont"},
    {6, 0x4c, 0x4d, "silvermont"},
    {6, 0x5a, 0x5a, "silvermont"},
    {6, 0x5d, 0x5d, "silvermont"},
    {6, 0x5c, 0x5c, "goldmont"},
    {6, 0x5f, 0x5f, "goldmont"},
    {6, 0x7a, 0x7a, "goldmont-plus"},
    {6, 0x86, 0x86, "tremont"},
    {6, 0x8a, 0x8a, "tremont"},
    {6, 0x96, 0x96, "tremont"},
    {6, 0x9c, 0x9c, "tremont"},
};

// The first that fits counts: what a family's models are called that are not singled out stands last.
constexpr X86Models kAmdModels[] = {
    {0x10, 0x00, 0xff, "amdfam10"}, {0x14, 0x00, 0xff, "btver1"}, {0x15, 0x02, 0x02, "bdver2"},
    {0x15, 0x10, 0x1f, "bdver2"},   {0x15, 0x30, 0x3f, "bdver3"}, {0x15, 0x60, 0x7f, "bdver4"},
    {0x15, 0x00, 0xff, "bdver1"},   {0x16, 0x00, 0xff, "btver2"}, {0x17, 0x30, 0x3f, "znver2"},
    {0x17, 0x47, 0x47, "znver2"},   {0x17, 0x60, 0x7f, "znver2"}, {0x17, 0x84, 0x87, "znver2"},
    {0x17, 0x90, 0xaf, "znver2"},   {0x17, 0x00, 0xff, "znver1"}, {0x19, 0x10, 0x1f, "znver4"},
    {0x19, 0x60, 0x7f, "znver4"},   {0x19, 0xa0, 0xaf, "znver4"}, {0x19, 0x00, 0xff, "znver3"},
    {0x1a, 0x00, 0xff, "znver5"},
};

CpuidLeaf leaf_of(const X86Registers& registers, std::uint32_t leaf, std::uint32_t subleaf) {
  const auto found = std::ranges::find_if(
      registers.leaves, [&](const CpuidLeaf& each) { return each.leaf == leaf && each.subleaf == subleaf; });
  return found == registers.leaves.end() ? CpuidLeaf{leaf, subleaf} : *found;
}

/// The register states that the operating system saves; those of AVX count only where the processor has AVX.
std::uint64_t saved_state(const X86Registers& registers) {
  constexpr std::uint32_t kOsXsave = 1U << 27, kAvx = 1U << 28;
  const std::uint32_t has = leaf_of(registers, 1, 0).ecx;
  if ((has & kOsXsave) == 0) return 0;
  return (has & kAvx) != 0 ? registers.xcr0 : registers.xcr0 & ~kZmm;
}

bool has(const X86Registers& registers, const X86Feature& feature) {
  const bool is_there = (leaf_of(registers, feature.leaf, feature.subleaf).*feature.in >> feature.bit & 1) != 0;
  return is_there && (saved_state(registers) & feature.state) == feature.state;
}

std::string_view level_of(const TargetSpec& target) {
  const auto has_all = [&](std::initializer_list<std::string_view> features) {
    return std::ranges::all_of(features, [&](std::string_view feature) { return target.has(feature); });
  };
  if (!has_all({"cx16", "popcnt", "sahf", "sse3", "sse4.1", "sse4.2", "ssse3"})) return "x86-64";
  if (!has_all({"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"})) return "x86-64-v2";
  if (!has_all({"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"})) return "x86-64-v3";
  return "x86-64-v4";
}

std::string_view cpu_of(const X86Registers& registers, const TargetSpec& target) {
  const CpuidLeaf vendor = leaf_of(registers, 0, 0);
  std::span<const X86Models> known;
  if (vendor.ebx == 0x756e6547 && vendor.edx == 0x49656e69 && vendor.ecx == 0x6c65746e) known = kIntel;
  if (vendor.ebx == 0x68747541 && vendor.edx == 0x69746e65 && vendor.ecx == 0x444d4163) known = kAmdModels;
  const std::uint32_t signature = leaf_of(registers, 1, 0).eax;
  const std::uint32_t base_family = signature >> 8 & 0xf;
  const std::uint32_t family = base_family == 0xf ? base_family + (signature >> 20 & 0xff) : base_family;
  const std::uint32_t model = (signature >> 4 & 0xf) + (signature >> 12 & 0xf0);
  const auto found = std::ranges::find_if(known, [&](const X86Models& models) {
    return models.family == family && models.first <= model && model <= models.last;
  });
  if (found == known.end()) return level_of(target);
  if (found->cpu == "skylake-avx512" && target.has("avx512bf16")) return "cooperlake";
  if (found->cpu == "skylake-avx512" && target.has("avx512vnni")) return "cascadelake";
  return found->cpu;
}

}  // namespace

std::optional<bool> has_feature(const X86Registers& registers, std::string_view feature) {
  const auto found = std::ranges::find(kX86Features, feature, &X86Feature::name);
  if (found == std::end(kX86Features)) return std::nullopt;
  return has(registers, *found);
}

TargetSpec detect_x86(const X86Registers& registers) {
  TargetSpec target;
  target.triple = "x86_64-pc-linux-gnu";
  for (const X86Feature& feature : kX86Features) {
    const bool is_there = has(registers, feature);
    if (feature.listed == Listed::always || (feature.listed == Listed::if_enabled && is_there))
      target.features.push_back((is_there ? "+" : "-") + std::string(feature.name));
  }
  std::ranges::sort(target.features);
  target.cpu = cpu_of(registers, target);
  return with_registers(std::move(target));
}

}  // namespace tilewright::target
