#include "target/aarch64.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace tilewright::target {
namespace {

constexpr std::uint64_t bits(std::initializer_list<int> numbers) {
  std::uint64_t all = 0;
  for (const int number : numbers) all |= std::uint64_t{1} << number;
  return all;
}

/// The bits that say so (Linux, Documentation/arch/arm64/elf_hwcaps; the numbers are those of asm/hwcap.h).
struct Aarch64Feature {
  std::string_view name;
  std::uint64_t hwcap, hwcap2 = 0;
  bool is_listed = false;  ///< by LLVM 19 of a processor that has it
};

constexpr Aarch64Feature kAarch64Features[] = {
    {"fp-armv8", bits({0}), 0, true},
    {"neon", bits({1}), 0, true},
    {"aes", bits({3, 4}), 0, true},   // AES, PMULL
    {"sha2", bits({5, 6}), 0, true},  // SHA1, SHA2
    {"crc", bits({7}), 0, true},
    {"lse", bits({8}), 0, true},
    {"fullfp16", bits({9, 10})},  // FPHP, ASIMDHP
    {"rdm", bits({12})},
    {"jsconv", bits({13})},
    {"complxnum", bits({14})},
    {"rcpc", bits({15})},
    {"sha3", bits({17, 21})},  // SHA3, SHA512
    {"sm4", bits({18, 19})},   // SM3, SM4
    {"dotprod", bits({20})},
    {"sve", bits({22}), 0, true},
    {"fp16fml", bits({23})},
    {"rcpc-immo", bits({26})},
    {"flagm", bits({27})},
    {"sve2", bits({22}), bits({1}), true},
    {"altnzcv", 0, bits({7})},
    {"fptoint", 0, bits({8})},
    {"i8mm", 0, bits({13})},
    {"bf16", 0, bits({14})},
};

/// LLVM's names of processors, by the implementer and part of MIDR_EL1 (Arm's technical reference manuals; Linux,
/// arch/arm64/include/asm/cputype.h).
struct Aarch64Part {
  std::uint32_t implementer, part;
  std::string_view cpu;
};

constexpr Aarch64Part kAarch64Parts[] = {
    {0x41, 0xd02, "cortex-a34"},   {0x41, 0xd03, "cortex-a53"},    {0x41, 0xd04, "cortex-a35"},
    {0x41, 0xd05, "cortex-a55"},   {0x41, 0xd06, "cortex-a65"},    {0x41, 0xd07, "cortex-a57"},
    {0x41, 0xd08, "cortex-a72"},   {0x41, 0xd09, "cortex-a73"},    {0x41, 0xd0a, "cortex-a75"},
    {0x41, 0xd0b, "cortex-a76"},   {0x41, 0xd0c, "neoverse-n1"},   {0x41, 0xd0d, "cortex-a77"},
    {0x41, 0xd0e, "cortex-a76ae"}, {0x41, 0xd40, "neoverse-v1"},   {0x41, 0xd41, "cortex-a78"},
    {0x41, 0xd42, "cortex-a78ae"}, {0x41, 0xd43, "cortex-a65ae"},  {0x41, 0xd44, "cortex-x1"},
    {0x41, 0xd46, "cortex-a510"},  {0x41, 0xd47, "cortex-a710"},   {0x41, 0xd48, "cortex-x2"},
    {0x41, 0xd49, "neoverse-n2"},  {0x41, 0xd4a, "neoverse-e1"},   {0x41, 0xd4b, "cortex-a78c"},
    {0x41, 0xd4c, "cortex-x1c"},   {0x41, 0xd4d, "cortex-a715"},   {0x41, 0xd4e, "cortex-x3"},
    {0x41, 0xd4f, "neoverse-v2"},  {0x41, 0xd80, "cortex-a520"},   {0x41, 0xd81, "cortex-a720"},
    {0x41, 0xd82, "cortex-x4"},    {0x41, 0xd83, "neoverse-v3ae"}, {0x41, 0xd84, "neoverse-v3"},
    {0x41, 0xd85, "cortex-x925"},  {0x41, 0xd87, "cortex-a725"},   {0x41, 0xd8e, "neoverse-n3"},
    {0x42, 0x516, "thunderx2t99"}, {0x43, 0x0a1, "thunderxt88"},   {0x43, 0x0af, "thunderx2t99"},
    {0x46, 0x001, "a64fx"},        {0x48, 0xd01, "tsv110"},        {0x4e, 0x004, "carmel"},
    {0x51, 0x001, "oryon-1"},      {0x51, 0xc00, "falkor"},        {0x51, 0xc01, "saphira"},
    {0x61, 0x022, "apple-m1"},     {0x61, 0x023, "apple-m1"},      {0x61, 0x024, "apple-m1"},
    {0x61, 0x025, "apple-m1"},     {0x61, 0x028, "apple-m1"},      {0x61, 0x029, "apple-m1"},
    {0x61, 0x032, "apple-m2"},     {0x61, 0x033, "apple-m2"},      {0x61, 0x034, "apple-m2"},
    {0x61, 0x035, "apple-m2"},     {0x61, 0x038, "apple-m2"},      {0x61, 0x039, "apple-m2"},
    {0x6d, 0xd49, "neoverse-n2"},  {0xc0, 0xac3, "ampere1"},       {0xc0, 0xac4, "ampere1a"},
    {0xc0, 0xac5, "ampere1b"},
};

bool has(const Aarch64Registers& registers, const Aarch64Feature& feature) {
  return (registers.hwcap & feature.hwcap) == feature.hwcap && (registers.hwcap2 & feature.hwcap2) == feature.hwcap2;
}

}  // namespace

std::optional<bool> has_feature(const Aarch64Registers& registers, std::string_view feature) {
  const auto found = std::ranges::find(kAarch64Features, feature, &Aarch64Feature::name);
  if (found == std::end(kAarch64Features)) return std::nullopt;
  return has(registers, *found);
}

TargetSpec detect_aarch64(const Aarch64Registers& registers) {
  TargetSpec target;
  target.triple = "aarch64-unknown-linux-gnu";
  const std::uint64_t implementer = registers.midr >> 24 & 0xff, part = registers.midr >> 4 & 0xfff;
  const auto known = std::ranges::find_if(
      kAarch64Parts, [&](const Aarch64Part& each) { return each.implementer == implementer && each.part == part; });
  target.cpu = known == std::end(kAarch64Parts) ? "generic" : known->cpu;
  for (const Aarch64Feature& feature : kAarch64Features) {
    const bool is_there = has(registers, feature);
    if (feature.is_listed || !is_there) target.features.push_back((is_there ? "+" : "-") + std::string(feature.name));
  }
  std::ranges::sort(target.features);
  return with_registers(std::move(target));
}

}  // namespace tilewright::target
