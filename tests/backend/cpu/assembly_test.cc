// What the emitted code of known schedules must look like, for a fixed target.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "backend/cpu/compiler.h"
#include "backend/cpu/required_features.h"
#include "loop/lower.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright {
namespace {

using namespace schedule;

te::DagRef matmul(std::int64_t n, std::int64_t m, std::int64_t k) {
  const te::Tensor a = te::placeholder({n, k}, "A"), b = te::placeholder({k, m}, "B");
  const te::AxisRef r = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute({n, m}, "C", [&](std::span<const te::Expr> i) {
    return te::sum(a(i[0], te::Expr(r)) * b(te::Expr(r), i[1]), {r});
  });
  return te::Dag::make(std::vector<te::Tensor>{a, b, c});
}

/// C in tiles of rows x columns, the reduction outside the tile.
loop::Program tiled_matmul(int rows, int columns) {
  const Result<State> state = State::replay(
      matmul(rows * 4, columns * 4, 64),
      {SplitStep{2, 0, rows * 4, {rows}}, SplitStep{2, 2, columns * 4, {columns}}, ReorderStep{2, {0, 2, 4, 1, 3}},
       AnnotateStep{2, 3, Annotation::unroll}, AnnotateStep{2, 4, Annotation::vectorize}});
  EXPECT_TRUE(static_cast<bool>(state)) << state.message();
  Result<loop::Program> program = loop::lower(*state);
  EXPECT_TRUE(static_cast<bool>(program)) << program.message();
  return std::move(*program);
}

std::size_t count(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  return static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {}));
}

std::string assembly(const loop::Program& program, const char* target) {
  cpu::Compiler compiler(*target::parse_target(target));
  const Result<std::string> text = compiler.emit_assembly(program, "kernel");
  EXPECT_TRUE(static_cast<bool>(text)) << text.message();
  return *text;
}

TEST(MachineCode, KeepsATileOf14By2RegistersOfAvx512InRegisters) {
  const std::string text = assembly(tiled_matmul(14, 32), "x86-64-v4");
  EXPECT_EQ(count(text, "vfmadd[0-9]+ps.*zmm"), 28u);
  EXPECT_EQ(count(text, "zmm[0-9]+, -?[0-9]*\\(%rsp\\)"), 0u) << "spills:\n" << text;
}

TEST(MachineCode, KeepsATileOf6By2RegistersOfAvx2InRegisters) {
  const std::string text = assembly(tiled_matmul(6, 16), "x86-64-v3");
  EXPECT_EQ(count(text, "vfmadd[0-9]+ps.*ymm"), 12u);
  EXPECT_EQ(count(text, "ymm[0-9]+, -?[0-9]*\\(%rsp\\)"), 0u) << "spills:\n" << text;
}

TEST(MachineCode, SplitsAnOddVectorIntoPowersOfTwoWhereThereAreNoMasks) {
  const std::string text = assembly(tiled_matmul(2, 13), "x86-64-v3");
  // Two rows, and four steps of the reduction in one piece.
  EXPECT_EQ(count(text, "vfmadd[0-9]+ps.*ymm"), 8u);  // 8 of 13 columns
  EXPECT_EQ(count(text, "vfmadd[0-9]+ps.*xmm"), 8u);  // 4
  EXPECT_EQ(count(text, "vfmadd[0-9]+ss"), 8u);       // 1
}

TEST(MachineCode, MasksTheTailOfAnOddVector) {
  const std::string text = assembly(tiled_matmul(2, 27), "x86-64-v4");
  EXPECT_EQ(count(text, "vfmadd[0-9]+ps.*zmm"), 16u);  // 16 of 27 columns, then 11
  EXPECT_EQ(count(text, "vfmadd"), 16u);
  EXPECT_GT(count(text, "vmovups.*zmm[0-9]+ *\\{%k[1-7]\\} \\{z\\}"), 0u);
}

TEST(MachineCode, IsRefusedWhenUnrollingMakesItHuge) {
  const Result<State> state =
      State::replay(matmul(64, 64, 64), {AnnotateStep{2, 0, Annotation::unroll}, AnnotateStep{2, 1, Annotation::unroll},
                                         AnnotateStep{2, 2, Annotation::unroll}});
  cpu::Compiler compiler(target::host_target());
  const Result<std::string> object = compiler.compile(*loop::lower(*state), "kernel");
  ASSERT_FALSE(static_cast<bool>(object));
  EXPECT_NE(object.message().find("the unrolled kernel would have about"), std::string::npos) << object.message();
}

TEST(MachineCode, IsRefusedFromTheGivenSizeOn) {
  const loop::Program program = tiled_matmul(6, 64);
  EXPECT_TRUE(static_cast<bool>(cpu::Compiler(target::host_target()).compile(program, "kernel")));
  EXPECT_FALSE(static_cast<bool>(cpu::Compiler(target::host_target(), 10).compile(program, "kernel")));
}

bool requires_feature(const target::TargetSpec& target, const std::string& feature) {
  return std::ranges::count(cpu::required_features(target), feature) == 1;
}

TEST(Target, RequiresWhatItsCpuStandsForAndWhatFeaturesImply) {
  const target::TargetSpec v3 = *target::parse_target("x86-64-v3");
  for (const char* feature :
       {"avx2", "fma", "lzcnt", "movbe", "f16c", "sse2", "sse4.1", "ssse3", "cmov", "cx16", "sahf"})
    EXPECT_TRUE(requires_feature(v3, feature)) << feature;
  EXPECT_FALSE(requires_feature(v3, "avx512f"));
  target::TargetSpec zen{.triple = "x86_64-unknown-linux-gnu", .cpu = "znver4", .features = {"+xop", "-avx512f"}};
  for (const char* feature : {"avx2", "gfni", "xop", "fma4", "sse4a", "prfchw"})
    EXPECT_TRUE(requires_feature(zen, feature)) << feature;
  for (const char* feature : {"avx512f", "avx512vl", "avx512bf16", "sha", "clzero"})
    EXPECT_FALSE(requires_feature(zen, feature)) << feature;
  const target::TargetSpec neon = *target::parse_target("aarch64+neon");
  EXPECT_TRUE(requires_feature(neon, "neon"));
  EXPECT_TRUE(requires_feature(neon, "fp-armv8"));
}

#if defined(__x86_64__)
TEST(Target, RequiresNoFeatureThatAModelCannotCheck) {
  for (const char* cpu :
       {"nehalem",     "haswell",   "skylake",        "skylake-avx512", "cascadelake",  "icelake-server",
        "tigerlake",   "alderlake", "sapphirerapids", "graniterapids",  "sierraforest", "clearwaterforest",
        "pantherlake", "knl",       "bdver4",         "btver2",         "znver1",       "znver2",
        "znver3",      "znver4",    "znver5",         "x86-64",         "x86-64-v2",    "x86-64-v3",
        "x86-64-v4"}) {
    const target::TargetSpec target{.triple = "x86_64-unknown-linux-gnu", .cpu = cpu, .features = {}};
    EXPECT_TRUE(requires_feature(target, "sse2")) << cpu;
    for (const std::string& missing : target::missing_features(cpu::required_features(target)))
      EXPECT_EQ(missing.find("not known"), std::string::npos) << cpu << ": " << missing;
  }
}

TEST(Target, OfTheHostRequiresWhatTheHostHas) {
  EXPECT_EQ(target::missing_features(cpu::required_features(target::host_target())), std::vector<std::string>());
}
#endif

}  // namespace
}  // namespace tilewright
