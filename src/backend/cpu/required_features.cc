#include "backend/cpu/required_features.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/AArch64TargetParser.h>
#include <llvm/TargetParser/X86TargetParser.h>

#include <algorithm>
#include <string_view>

namespace tilewright::cpu {

using target::TargetSpec;

namespace {

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

}  // namespace

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
