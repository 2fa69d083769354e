#include "backend/cpu/targets.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/AArch64TargetParser.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/X86TargetParser.h>

#include <algorithm>

#include "base/cores.h"
#include "target/host_caches.h"

namespace tilewright::cpu {

using target::TargetSpec;

namespace {

void describe_host_caches(TargetSpec& target) {
  const target::HostCaches found = target::find_host_caches();
  target.cores = available_cores();
  if (found.l1d_bytes > 0) target.l1d_bytes = found.l1d_bytes;
  if (found.l2_bytes > 0) target.l2_bytes = found.l2_bytes;
  if (found.l3_bytes > 0) target.l3_bytes = found.l3_bytes;
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

/// A processor that is not this one: four cores, and caches that are the smallest common ones of its kind (a guess, as
/// one name stands for many processors).
TargetSpec generic(const char* triple, const std::string& cpu, std::vector<std::string> features,
                   std::int64_t l1d_bytes, std::int64_t l2_bytes, std::int64_t l3_bytes) {
  TargetSpec target;
  target.triple = triple;
  target.cpu = cpu;
  target.features = std::move(features);
  target.cores = 4;
  target.l1d_bytes = l1d_bytes;
  target.l2_bytes = l2_bytes;
  target.l3_bytes = l3_bytes;
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
  if (text == "aarch64+neon")
    return generic(kArm, "generic", {"+fp-armv8", "+neon"}, 64 << 10, 1 << 20, 32 << 20);  // Neoverse N1
  const std::vector<std::string> v3{"+avx", "+avx2",  "+bmi",   "+bmi2",   "+f16c",
                                    "+fma", "+lzcnt", "+movbe", "+popcnt", "+sse4.2"};
  if (text == "x86-64-v2") return generic(kX86, text, {"+popcnt", "+sse4.2"}, 32 << 10, 256 << 10, 8 << 20);  // Nehalem
  if (text == "x86-64-v3") return generic(kX86, text, v3, 32 << 10, 256 << 10, 8 << 20);                      // Haswell
  if (text == "x86-64-v4") {
    std::vector<std::string> v4 = v3;
    v4.insert(v4.end(), {"+avx512bw", "+avx512cd", "+avx512dq", "+avx512f", "+avx512vl"});
    return generic(kX86, text, std::move(v4), 32 << 10, 1 << 20, 16 << 20);  // Skylake-SP
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
