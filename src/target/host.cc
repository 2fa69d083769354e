#include "target/host.h"

#include <optional>

#include "base/cores.h"
#include "target/host_caches.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include "target/x86.h"
#elif defined(__aarch64__)
#include <sys/auxv.h>

#include <fstream>

#include "target/aarch64.h"
#else
#error "Tilewright knows x86-64 and AArch64"
#endif

namespace tilewright::target {
namespace {

#if defined(__x86_64__)

std::uint64_t read_xcr0() {
  std::uint32_t low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
}

X86Registers read_registers() {
  constexpr std::uint32_t kOsXsave = 1U << 27;
  X86Registers registers;
  std::uint32_t last_of_7 = 0;  // some processors answer beyond it
  for (CpuidLeaf leaf : kX86Leaves) {
    if (leaf.leaf == 7 && leaf.subleaf > last_of_7) continue;
    if (__get_cpuid_count(leaf.leaf, leaf.subleaf, &leaf.eax, &leaf.ebx, &leaf.ecx, &leaf.edx) == 0) continue;
    if (leaf.leaf == 7 && leaf.subleaf == 0) last_of_7 = leaf.eax;
    if (leaf.leaf == 1 && (leaf.ecx & kOsXsave) != 0) registers.xcr0 = read_xcr0();
    registers.leaves.push_back(leaf);
  }
  return registers;
}

TargetSpec detect(const X86Registers& registers) { return detect_x86(registers); }

#else

/// Of the first processor, so that one of two kinds of cores gives the machine its name; where /sys does not tell, of
/// that which runs this, which Linux lets a process read.
std::uint64_t read_midr(std::uint64_t hwcap) {
  constexpr std::uint64_t kCpuid = 1 << 11;
  std::uint64_t midr = 0;
  std::ifstream file("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
  if (file >> std::hex >> midr) return midr;
  if ((hwcap & kCpuid) == 0) return 0;
  asm("mrs %0, midr_el1" : "=r"(midr));
  return midr;
}

Aarch64Registers read_registers() {
  Aarch64Registers registers{getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
  registers.midr = read_midr(registers.hwcap);
  return registers;
}

TargetSpec detect(const Aarch64Registers& registers) { return detect_aarch64(registers); }

#endif

const auto& host_registers() {
  static const auto registers = read_registers();
  return registers;
}

}  // namespace

TargetSpec host_target() {
  TargetSpec target = detect(host_registers());
  const HostCaches found = find_host_caches();
  target.cores = available_cores();
  if (found.l1d_bytes > 0) target.l1d_bytes = found.l1d_bytes;
  if (found.l2_bytes > 0) target.l2_bytes = found.l2_bytes;
  if (found.l3_bytes > 0) target.l3_bytes = found.l3_bytes;
  return target;
}

std::vector<std::string> missing_features(const std::vector<std::string>& features) {
  std::vector<std::string> missing;
  for (const std::string& name : features) {
    const std::optional<bool> supported = has_feature(host_registers(), name);
    if (!supported)
      missing.push_back(name + " (not known to this version)");
    else if (!*supported)
      missing.push_back(name);
  }
  return missing;
}

}  // namespace tilewright::target
