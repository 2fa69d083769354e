// What this program knows of processors by itself against LLVM, and code for each of them.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <set>

#include "backend/cpu/compiler.h"
#include "backend/cpu/required_features.h"
#include "loop/lower.h"
#include "ops/matmul.h"
#include "target/aarch64.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright {
namespace {

std::set<std::string> with_sign(const std::vector<std::string>& features, char sign) {
  std::set<std::string> names;
  for (const std::string& feature : features)
    if (feature[0] == sign) names.insert(feature.substr(1));
  return names;
}

TEST(HostTarget, IsWhatLlvmDetects) {
  const target::TargetSpec host = target::host_target();
  const llvm::Triple ours(host.triple), theirs(llvm::sys::getProcessTriple());  // distributions name vendors at will
  EXPECT_EQ(ours.getArch(), theirs.getArch());
  EXPECT_EQ(ours.getOS(), theirs.getOS());
  EXPECT_EQ(ours.getEnvironment(), theirs.getEnvironment());
  const std::string cpu = llvm::sys::getHostCPUName().str();
  if (!host.cpu.starts_with("x86-64") && !host.cpu.starts_with("apple")) {  // where the model is not known
    EXPECT_EQ(host.cpu, cpu);
  }
  const std::set<std::string> enabled = with_sign(host.features, '+'), disabled = with_sign(host.features, '-');
  std::set<std::string> detected, missing;
  for (const auto& feature : llvm::sys::getHostCPUFeatures())
    (feature.second ? detected : missing).insert(feature.first().str());
  for (const std::string& feature : detected) EXPECT_FALSE(disabled.contains(feature)) << feature;
  for (const std::string& feature : missing) EXPECT_FALSE(enabled.contains(feature)) << feature;
  if (LLVM_VERSION_MAJOR != 19) return;  // others know other features; fingerprints hash what this one knows
  EXPECT_EQ(enabled, detected);
  EXPECT_TRUE(std::ranges::includes(disabled, missing));
  if (!host.is_aarch64()) {
    EXPECT_EQ(disabled, missing);
  }
}

TEST(HostTarget, CallsArmPartsAsLlvmDoes) {
  int named = 0;
  for (const std::uint32_t implementer : {0x41, 0x42, 0x43, 0x46, 0x48, 0x4e, 0x51, 0x6d, 0xc0})
    for (std::uint32_t part = 0; part < 0x1000; ++part) {
      const std::string cpu = target::detect_aarch64({.midr = implementer << 24 | part << 4}).cpu;
      if (cpu == "generic") continue;
      ++named;
      const std::string text = fmt::format("CPU implementer\t: 0x{:02x}\nCPU part\t: 0x{:03x}\n", implementer, part);
      EXPECT_EQ(cpu, llvm::sys::detail::getHostCPUNameForARM(text).str()) << text;
    }
  EXPECT_GT(named, 40);
}

/// What LLVM's code generator may use for a target, but for its own name for registers of 512 bits, and CMOV, which all
/// of x86-64 has and some of its CPUs do not list.
std::vector<std::string> usable(const target::TargetSpec& target) {
  std::vector<std::string> features = cpu::required_features(target);
  std::erase(features, "evex512");
  std::erase(features, "cmov");
  return features;
}

TEST(Processors, HaveTheFeaturesOfLlvmsTables) {
  for (const target::Processor& processor : target::processors()) {
    const target::TargetSpec known = *target::parse_target(std::string(processor.name));
    target::TargetSpec by_name = known, by_list = known;
    by_name.features.clear();
    by_list.cpu = known.is_aarch64() ? "generic" : "x86-64";
    if (LLVM_VERSION_MAJOR != 19 || known.cpu == "generic" || known.cpu.starts_with("x86-64"))
      // other versions know more of some, and records carry what was listed for feature sets
      EXPECT_TRUE(std::ranges::includes(usable(by_name), usable(by_list))) << processor.name;
    else
      EXPECT_EQ(usable(by_list), usable(by_name)) << processor.name;
  }
}

loop::Program small_matmul() {
  using namespace schedule;
  const te::Tensor a = te::placeholder({24, 32}, "A"), b = te::placeholder({32, 64}, "B");
  const te::Tensor c = ops::matmul(a, b);
  const Result<State> state =
      State::replay(te::Dag::make(std::vector<te::Tensor>{a, b, c}),
                    {SplitStep{2, 0, 24, {6}}, SplitStep{2, 2, 64, {32}}, ReorderStep{2, {0, 2, 4, 1, 3}},
                     AnnotateStep{2, 3, Annotation::unroll}, AnnotateStep{2, 4, Annotation::vectorize}});
  EXPECT_TRUE(static_cast<bool>(state)) << state.message();
  return *loop::lower(*state);
}

std::string multiply_add(const target::TargetSpec& target) {
  if (target.is_aarch64()) return "fmla\tv";
  return target.has_fma ? "vfmadd" : "mulps";
}

TEST(Processors, AreAllCompiledFor) {
  const loop::Program program = small_matmul();
  for (const target::Processor& processor : target::processors()) {
    const target::TargetSpec target = *target::parse_target(std::string(processor.name));
    const Result<std::string> text = cpu::Compiler(target).emit_assembly(program, "kernel");
    ASSERT_TRUE(static_cast<bool>(text)) << processor.name << ": " << text.message();
    EXPECT_NE(text->find(multiply_add(target)), std::string::npos) << processor.name;
    EXPECT_EQ(text->find("zmm") != std::string::npos, target.vector_bytes == 64) << processor.name;
    EXPECT_EQ(text->find("ymm") != std::string::npos, !target.is_aarch64() && target.vector_bytes == 32)
        << processor.name;
    const Result<std::string> object = cpu::Compiler(target).compile(program, "kernel");
    EXPECT_TRUE(static_cast<bool>(object)) << processor.name << ": " << object.message();
  }
}

TEST(Processors, ThatAreDetectedWithLessAreCompiledFor) {
  const target::TargetSpec hidden = target::detect_aarch64({.hwcap = 0x3, .midr = 0x411fd401});
  EXPECT_EQ(hidden.cpu, "neoverse-v1");
  EXPECT_EQ(cpu::required_features(hidden), (std::vector<std::string>{"fp-armv8", "neon"}));
  const Result<std::string> text = cpu::Compiler(hidden).emit_assembly(small_matmul(), "kernel");
  ASSERT_TRUE(static_cast<bool>(text)) << text.message();
  EXPECT_NE(text->find("fmla\tv"), std::string::npos);
}

}  // namespace
}  // namespace tilewright
