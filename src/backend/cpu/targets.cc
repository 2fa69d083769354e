#include "backend/cpu/targets.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/AArch64TargetParser.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/X86TargetParser.h>

#include <algorithm>
#include <fstream>

#include "base/cores.h"

namespace tilewright::cpu {

using target::TargetSpec;

namespace {

/// Size of the data cache of a level as the kernel tells it, of the first processor. What the C library works out for
/// AMD's last level counts the caches of all processors together: 384 MiB where 32 are shared.
std::int64_t cache_bytes(int level, std::int64_t otherwise) {
  for (int index = 0;; ++index) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", index);
    int found = 0;
    std::string type;
    std::int64_t kib = 0;
    if (!(std::ifstream(folder + "level") >> found)) return otherwise;
    if (found != level || !(std::ifstream(folder + "type") >> type) || type == "Instruction") continue;
    if (std::ifstream(folder + "size") >> kib && kib > 0) return kib << 10;  // "32768K"
  }
}

void describe_host_caches(TargetSpec& target) {
  target.cores = available_cores();
  target.l1d_bytes = cache_bytes(1, target.l1d_bytes);
  target.l2_bytes = cache_bytes(2, target.l2_bytes);
  target.l3_bytes = cache_bytes(3, target.l3_bytes);
}

// Features of the system and of instructions that only intrinsics reach, which the emitter does not call: no code that
// is made here can need them, and a virtual machine may well hide them.
constexpr std::string_view kNeverUsed[] = {
    // x86-64
    "adx", "aes", "amx-avx512", "amx-bf16", "amx-complex", "amx-fp16", "amx-fp8", "amx-int8", "amx-movrs", "amx-tf32",
    "amx-tile", "amx-transpose", "avx512vp2intersect", "cldemote", "clflushopt", "clwb", "clzero", "cmpccxadd",
    "enqcmd", "fsgsbase", "fxsr", "hreset", "invpcid", "kl", "lwp", "movdir64b", "movdiri", "mwaitx", "pconfig", "pku",
    "ptwrite", "raoint", "rdpid", "rdpru", "rdrnd", "rdseed", "rtm", "serialize", "sgx", "sha", "sha512", "shstk",
    "sm3", "sm4", "tsxldtrk", "uintr", "usermsr", "vaes", "waitpkg", "wbnoinvd", "widekl", "xsave", "xsavec",
    "xsaveopt", "xsaves",
    // AArch64
    "bti", "ccdp", "ccidx", "ccpp", "chk", "crypto", "ecv", "ete", "gcs", "hcx", "ls64", "mec", "mops", "mte", "nv",
    "pan", "pan-rwv", "pauth", "perfmon", "predres", "ras", "rand", "rme", "sb", "specrestrict", "spe", "spe-eef",
    "ssbs", "sve2-aes", "sve2-bitperm", "sve2-sha3", "sve2-sm4", "tme", "tracev8.4", "trbe", "uaops", "wfxt", "xs"};

/// What the processor called `cpu` has, for all that LLVM knows; nothing for a name that it does not know.
std::vector<std::string> features_of_cpu(const TargetSpec& target) {
  std::vector<std::string> features;
  if (target.is_aarch64()) {
    const auto info = llvm::AArch64::parseCpu(target.cpu);
    std::vector<llvm::StringRef> names;
    if (info) llvm::AArch64::getExtensionFeatures(info->getImpliedExtensions(), names);
    for (const llvm::StringRef name : names)
      if (name.starts_with("+")) features.push_back(name.drop_front().str());
  } else if (llvm::X86::parseArchX86(target.cpu) != llvm::X86::CK_None) {
    llvm::SmallVector<llvm::StringRef, 64> names;
    llvm::X86::getFeaturesForCPU(target.cpu, names);
    for (const llvm::StringRef name : names) features.push_back(name.str());
  }
  return features;
}

TargetSpec generic(const char* triple, const std::string& cpu, std::vector<std::string> features) {
  TargetSpec target;
  target.triple = triple;
  target.cpu = cpu;
  target.features = std::move(features);
  describe_host_caches(target);
  return target::with_registers(std::move(target));
}

}  // namespace

TargetSpec host_target() {
  TargetSpec target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  for (const auto& feature : llvm::sys::getHostCPUFeatures())
    target.features.push_back((feature.second ? "+" : "-") + feature.first().str());
  std::sort(target.features.begin(), target.features.end());
  describe_host_caches(target);
  return target::with_registers(std::move(target));
}

Result<TargetSpec> parse_target(const std::string& text) {
  if (text == "host" || text.empty()) return host_target();
  constexpr const char *kX86 = "x86_64-unknown-linux-gnu", *kArm = "aarch64-unknown-linux-gnu";
  if (text == "aarch64+neon") return generic(kArm, "generic", {"+fp-armv8", "+neon"});
  const std::vector<std::string> v3{"+avx", "+avx2",  "+bmi",   "+bmi2",   "+f16c",
                                    "+fma", "+lzcnt", "+movbe", "+popcnt", "+sse4.2"};
  if (text == "x86-64-v2") return generic(kX86, text, {"+popcnt", "+sse4.2"});
  if (text == "x86-64-v3") return generic(kX86, text, v3);
  if (text == "x86-64-v4") {
    std::vector<std::string> v4 = v3;
    v4.insert(v4.end(), {"+avx512bw", "+avx512cd", "+avx512dq", "+avx512f", "+avx512vl"});
    return generic(kX86, text, std::move(v4));
  }
  return failure("unknown target '{}': expected host, x86-64-v2, x86-64-v3, x86-64-v4 or aarch64+neon", text);
}

std::vector<std::string> required_features(const TargetSpec& target) {
  llvm::StringMap<bool> enabled;
  const auto set = [&](const std::string& name, bool is_on) {
    if (!target.is_aarch64()) llvm::X86::updateImpliedFeatures(name, is_on, enabled);
    enabled[name] = is_on;
  };
  if (!target.is_aarch64()) set("sse2", true);  // part of the architecture
  for (const std::string& name : features_of_cpu(target)) set(name, true);
  for (const std::string& feature : target.features) set(feature.substr(1), feature.starts_with('+'));
  std::vector<std::string> required;
  for (const auto& [name, is_on] : enabled)
    if (is_on && std::ranges::find(kNeverUsed, std::string_view(name)) == std::end(kNeverUsed))
      required.push_back(name.str());
  std::ranges::sort(required);
  return required;
}

}  // namespace tilewright::cpu
