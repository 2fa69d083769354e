// What registers of several processors, recorded or put together from their manuals, are made of.
#include <gtest/gtest.h>

#include <algorithm>

#include "target/aarch64.h"
#include "target/processors.h"
#include "target/x86.h"

namespace tilewright::target {
namespace {

constexpr std::uint64_t kSse = 0x3, kAvx = 0x7, kAvx512 = 0xe7;

X86Registers intel(std::uint32_t signature, std::uint32_t ebx7, std::uint32_t ecx7, std::uint32_t edx7,
                   std::uint32_t eax71) {
  return {{{0, 0, 0x20, 0x756e6547, 0x6c65746e, 0x49656e69},
           {1, 0, signature, 0, 0x7ffefbff, 0xbfebfbff},
           {7, 0, 1, ebx7, ecx7, edx7},
           {7, 1, eax71},
           {0xd, 1, 0xf},
           {0x80000001, 0, 0, 0, 0x121, 0x2c100800}},
          kAvx512};
}

X86Registers amd(std::uint32_t signature, std::uint32_t ebx7, std::uint32_t ecx7, std::uint32_t edx7,
                 std::uint32_t eax71, std::uint64_t xcr0) {
  return {{{0, 0, 0x10, 0x68747541, 0x444d4163, 0x69746e65},
           {1, 0, signature, 0, 0x7ed8320b, 0x178bfbff},
           {7, 0, 1, ebx7, ecx7, edx7},
           {7, 1, eax71},
           {0xd, 1, 0xf},
           {0x80000001, 0, 0, 0, 0x75c237ff, 0x2fd3fbff},
           {0x80000008, 0, 0, 0x111ef657}},
          xcr0};
}

X86Registers haswell() { return intel(0x306c3, 0x27ab, 0, 0, 0); }
X86Registers skylake_sp() { return intel(0x50654, 0xd39fffbb, 0, 0, 0); }
X86Registers zen3() { return amd(0xa00f11, 0x219c97a9, 0x40068c, 0, 0, kAvx); }
X86Registers zen4() { return amd(0xa10f11, 0xf1bf97a9, 0x405fce, 0, 0x20, kAvx512); }

/// A virtual machine on Zen 5, as CPUID answered there.
X86Registers zen5() {
  return {{{0, 0, 0x1c, 0x68747541, 0x444d4163, 0x69746e65},
           {1, 0, 0xb00f21, 0x1020800, 0xfffa3203, 0x178bfbff},
           {7, 0, 1, 0xf1bf07ab, 0x405fc6, 0x110},
           {7, 1, 0x30},
           {0xd, 1, 0xf, 0x9a8, 0x1800},
           {0x80000001, 0, 0xb00f21, 0x40000000, 0x4003f3, 0x2fd3fbff},
           {0x80000008, 0, 0x303030, 0x50020005, 0x7001}},
          kAvx512};
}

std::vector<std::string> enabled(const TargetSpec& target) {
  std::vector<std::string> names;
  for (const std::string& feature : target.features)
    if (feature.starts_with('+')) names.push_back(feature.substr(1));
  return names;
}

/// Has every feature of the processor of that name, and the registers that it has.
void expect_like(const TargetSpec& found, const std::string& name) {
  const TargetSpec known = *parse_target(name);
  EXPECT_EQ(found.cpu, name);
  for (const std::string& feature : enabled(known)) EXPECT_TRUE(found.has(feature)) << name << ": " << feature;
  EXPECT_EQ(found.vector_bytes, known.vector_bytes) << name;
  EXPECT_EQ(found.unit_bytes, known.unit_bytes) << name;
  EXPECT_EQ(found.vector_registers, known.vector_registers) << name;
  EXPECT_EQ(found.has_fma, known.has_fma) << name;
}

TEST(DetectX86, KnowsProcessorsByFamilyModelAndFeatures) {
  expect_like(detect_x86(haswell()), "haswell");
  EXPECT_EQ(std::ranges::count(detect_x86(haswell()).features, "-evex512"), 0);  // which LLVM 19 lists if it is there
  expect_like(detect_x86(skylake_sp()), "skylake-avx512");
  expect_like(detect_x86(intel(0x50657, 0xd39fffbb, 0x800, 0, 0)), "cascadelake");
  expect_like(detect_x86(intel(0x606a6, 0xf3bfffbb, 0x40417f5e, 0, 0)), "icelake-server");
  expect_like(detect_x86(zen3()), "znver3");
  expect_like(detect_x86(zen4()), "znver4");
  EXPECT_EQ(detect_x86(intel(0x50657, 0xd39fffbb, 0x800, 0, 0x20)).cpu, "cooperlake");
  EXPECT_EQ(detect_x86(intel(0xc06f2, 0, 0, 0, 0)).cpu, "sapphirerapids");  // Emerald Rapids
  EXPECT_EQ(detect_x86(amd(0x830f10, 0, 0, 0, 0, kAvx)).cpu, "znver2");
  EXPECT_EQ(detect_x86(amd(0x800f12, 0, 0, 0, 0, kAvx)).cpu, "znver1");
}

TEST(DetectX86, IsWhatLlvm19Found) {
  const TargetSpec found = detect_x86(zen5());
  EXPECT_EQ(found.triple, "x86_64-pc-linux-gnu");
  EXPECT_EQ(found.cpu, "znver5");
  EXPECT_EQ(found.unit_bytes, 64);
  EXPECT_FALSE(found.has("prefetchi"));  // which LLVM's znver5 has, and this hypervisor hides
  EXPECT_EQ(found.fingerprint(), "znver5-dc003251");
  EXPECT_TRUE(found.is_called("znver5-810ace7d"));  // when missing features counted, too
}

TEST(DetectX86, BelievesTheOperatingSystemAboutRegisters) {
  X86Registers hidden = zen4();
  hidden.xcr0 = kAvx;  // a hypervisor that does not save AVX-512's
  TargetSpec found = detect_x86(hidden);
  EXPECT_EQ(found.cpu, "znver4");
  EXPECT_EQ(found.vector_bytes, 32);
  EXPECT_EQ(found.unit_bytes, 32);
  EXPECT_EQ(std::ranges::count(found.features, "-avx512f"), 1);
  EXPECT_EQ(std::ranges::count(found.features, "-avx512bf16"), 1);
  EXPECT_TRUE(found.has("avx2"));
  EXPECT_TRUE(found.has("gfni"));
  hidden.xcr0 = kSse;
  found = detect_x86(hidden);
  EXPECT_EQ(found.vector_bytes, 16);
  EXPECT_FALSE(found.has_fma);
  EXPECT_FALSE(found.has("xsave"));
  hidden = zen4();
  hidden.leaves[1].ecx &= ~(1U << 27);  // OSXSAVE
  EXPECT_EQ(detect_x86(hidden).vector_bytes, 16);
  hidden = zen4();
  hidden.leaves[1].ecx &= ~(1U << 28);  // AVX
  EXPECT_FALSE(detect_x86(hidden).has("avx2"));
  EXPECT_EQ(has_feature(hidden, "avx2"), false);
  EXPECT_EQ(has_feature(zen4(), "avx2"), true);
  EXPECT_EQ(has_feature(zen4(), "something-unheard-of"), std::nullopt);
}

TEST(DetectX86, AsksTilesOfTheOperatingSystem) {
  X86Registers registers = intel(0x806f8, 0xf3bfffbb, 0x40417f5e, 0xffd14410, 0x1c30);
  EXPECT_FALSE(detect_x86(registers).has("amx-tile"));
  registers.xcr0 |= 0x60000;
  EXPECT_TRUE(detect_x86(registers).has("amx-tile"));
  expect_like(detect_x86(registers), "sapphirerapids");
}

TEST(DetectX86, CallsAnUnknownModelByItsLevel) {
  constexpr std::uint32_t kUnknown = 0xf0650;
  EXPECT_EQ(detect_x86(intel(kUnknown, 0xd39fffbb, 0, 0, 0)).cpu, "x86-64-v4");
  EXPECT_EQ(detect_x86(intel(kUnknown, 0x27ab, 0, 0, 0)).cpu, "x86-64-v3");
  X86Registers registers = intel(kUnknown, 0xd39fffbb, 0, 0, 0);
  registers.xcr0 = kAvx;
  EXPECT_EQ(detect_x86(registers).cpu, "x86-64-v3");
  registers.xcr0 = kSse;
  EXPECT_EQ(detect_x86(registers).cpu, "x86-64-v2");
  registers = zen3();
  registers.leaves[0].ebx ^= 1;  // another vendor's
  EXPECT_EQ(detect_x86(registers).cpu, "x86-64-v3");
  EXPECT_EQ(detect_x86({}).cpu, "x86-64");
}

// Bits of AT_HWCAP: from the lowest, fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm.
constexpr std::uint64_t kNeoverseN1 = 0x119fff, kNeoverseV1 = 0xffffffff & ~(std::uint64_t{3} << 25);

TEST(DetectAarch64, KnowsProcessorsByPartAndTheirFeaturesByHwcap) {
  const TargetSpec n1 = detect_aarch64({kNeoverseN1, 0, 0x413fd0c1});
  EXPECT_EQ(n1.triple, "aarch64-unknown-linux-gnu");
  EXPECT_EQ(n1.cpu, "neoverse-n1");
  EXPECT_EQ(enabled(n1), (std::vector<std::string>{"aes", "crc", "fp-armv8", "lse", "neon", "sha2"}));
  EXPECT_EQ(std::ranges::count(n1.features, "-sve"), 1);
  EXPECT_EQ(std::ranges::count(n1.features, "-dotprod"), 0);
  EXPECT_EQ(n1.vector_bytes, 16);
  EXPECT_EQ(n1.fma_units, 2);
  const TargetSpec v1 = detect_aarch64({kNeoverseV1, 0x4000 | 0x2000, 0x411fd401});
  EXPECT_EQ(v1.cpu, "neoverse-v1");
  EXPECT_TRUE(v1.has("sve"));
  EXPECT_FALSE(v1.has("sve2"));
  EXPECT_EQ(std::ranges::count(v1.features, "-bf16"), 0);
  EXPECT_EQ(v1.vector_bytes, 16);
  EXPECT_EQ(v1.fma_units, 4);
  const TargetSpec m1 = detect_aarch64({0xeffffffb & ~(std::uint64_t{1} << 22), 0x180, 0x611f0231});
  EXPECT_EQ(m1.cpu, "apple-m1");
  EXPECT_EQ(std::ranges::count(m1.features, "-i8mm"), 1);
  EXPECT_EQ(detect_aarch64({0xff, 0, 0x410fd083}).cpu, "cortex-a72");
  EXPECT_EQ(detect_aarch64({0x3, 0, 0}).cpu, "generic");
}

TEST(DetectAarch64, LeavesOutWhatTheSystemHides) {
  const Aarch64Registers hidden{kNeoverseV1 & ~(std::uint64_t{1} << 22), 0x6002, 0x411fd401};  // SVE
  EXPECT_EQ(std::ranges::count(detect_aarch64(hidden).features, "-sve"), 1);
  EXPECT_EQ(std::ranges::count(detect_aarch64(hidden).features, "-sve2"), 1);
  EXPECT_EQ(has_feature(hidden, "sve2"), false);
  EXPECT_EQ(has_feature(hidden, "i8mm"), true);
  EXPECT_EQ(has_feature(hidden, "something-unheard-of"), std::nullopt);
}

}  // namespace
}  // namespace tilewright::target
