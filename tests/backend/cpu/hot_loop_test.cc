// Small kernels, and what is counted in the loop that does their arithmetic.
#include "backend/cpu/hot_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "backend/cpu/compiler.h"
#include "loop/lower.h"
#include "support/matmul.h"
#include "target/processors.h"

namespace tilewright::cpu {
namespace {

using namespace schedule;

struct Compiled {
  HotLoop loop;
  std::string assembly;  ///< of all of the kernel
};

Compiled compiled(const te::DagRef& dag, std::vector<Step> steps, const char* target_name) {
  const target::TargetSpec target = *target::parse_target(target_name);
  Compiler compiler(target);
  const Result<State> state = State::replay(dag, steps);
  EXPECT_TRUE(state) << state.message();
  const Result<loop::Program> program = loop::lower(*state);
  EXPECT_TRUE(program) << program.message();
  return {find_hot_loop(*compiler.compile(*program, "kernel"), target), *compiler.emit_assembly(*program, "kernel")};
}

/// C in tiles of rows x columns in registers, the reduction over 64 outside the tile.
Compiled tiled_product(int rows, int columns, const char* target) {
  return compiled(
      support::matmul(rows * 4, columns * 4, 64),
      {SplitStep{2, 0, rows * 4, {rows}}, SplitStep{2, 2, columns * 4, {columns}}, ReorderStep{2, {0, 2, 4, 1, 3}},
       AnnotateStep{2, 3, Annotation::unroll}, AnnotateStep{2, 4, Annotation::vectorize}},
      target);
}

/// y[i, j] = f(x[i, j]) of [rows, columns], vectors along j.
template <class F>
Compiled elementwise(std::int64_t rows, std::int64_t columns, int lanes, const char* target, F&& f) {
  const te::Tensor x = te::placeholder({rows, columns}, "x");
  const te::Tensor y = te::compute({rows, columns}, "y", [&](std::span<const te::Expr> i) { return f(x(i[0], i[1])); });
  return compiled(te::Dag::make(std::vector<te::Tensor>{x, y}),
                  {SplitStep{1, 1, columns, {lanes}}, AnnotateStep{1, 2, Annotation::vectorize}}, target);
}

int occurrences(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  return static_cast<int>(std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {}));
}

TEST(HotLoop, OfATileOfAvx512LoadsAnElementForEachRowAndARegisterForEachColumn) {
  const HotLoop loop = tiled_product(2, 32, "x86-64-v4").loop;  // four steps of the reduction in one piece
  EXPECT_EQ(loop.fmas, 4 * 2 * 2) << loop.assembly;
  EXPECT_EQ(loop.flops, 2 * 16 * loop.fmas);
  EXPECT_EQ(loop.loads, 4 * (2 + 2));
  EXPECT_EQ(loop.stores, 0);
  EXPECT_EQ(loop.stack_accesses, 0);
  EXPECT_EQ(loop.bytes, 4 * (2 * 4 + 2 * 64));
  EXPECT_EQ(loop.vector_bytes, 64);
  EXPECT_EQ(loop.instructions, std::ranges::count(loop.assembly, '\n') - 1);
}

TEST(HotLoop, OfATileOfAvx2CountsRegistersOfEveryWidth) {
  const HotLoop loop = tiled_product(3, 13, "x86-64-v3").loop;  // 13 columns are 8, 4 and 1; two steps in one piece
  EXPECT_EQ(loop.fmas, 2 * 3 * 3) << loop.assembly;
  EXPECT_EQ(loop.flops, 2 * 3 * 2 * 13);
  EXPECT_EQ(loop.loads, 2 * (3 + 3));
  EXPECT_EQ(loop.stores, 0);
  EXPECT_EQ(loop.bytes, 2 * 4 * (3 + 13));
  EXPECT_EQ(loop.vector_bytes, 32);
}

TEST(HotLoop, OfATileOfNeonCountsPairsOfRegistersAsOneLoad) {
  const HotLoop loop = tiled_product(2, 8, "aarch64+neon").loop;  // four steps in one piece
  EXPECT_EQ(loop.fmas, 4 * 2 * 2) << loop.assembly;
  EXPECT_EQ(loop.flops, 2 * 4 * loop.fmas);
  EXPECT_EQ(loop.loads, 4 * (2 + 1));
  EXPECT_EQ(loop.stores, 0);
  EXPECT_EQ(loop.stack_accesses, 0);
  EXPECT_EQ(loop.bytes, 4 * (2 * 4 + 32));
  EXPECT_EQ(loop.vector_bytes, 16);
  EXPECT_EQ(loop.instructions, std::ranges::count(loop.assembly, '\n') - 1);
}

TEST(HotLoop, OfATileThatDoesNotFitTellsWhatItSpills) {
  for (const char* target : {"x86-64-v3", "aarch64+neon"}) {
    const bool arm = std::string_view(target) == "aarch64+neon";
    const HotLoop loop = arm ? tiled_product(9, 16, target).loop : tiled_product(8, 24, target).loop;
    EXPECT_EQ(loop.stack_accesses, occurrences(loop.assembly, arm ? "\\[sp" : "\\(%rsp")) << loop.assembly;
    EXPECT_GT(loop.stack_accesses, 4);
    EXPECT_GT(loop.stores, 0);
    EXPECT_LT(loop.stores, loop.stack_accesses);
    if (arm) continue;
    EXPECT_EQ(loop.bytes, 4 * (8 + 24) + 32 * loop.stack_accesses);
  }
}

TEST(HotLoop, OfVectorsCountsLoadsAndStores) {
  const auto twice = [](const te::Expr& x) { return x * te::Expr(2.0F); };
  for (const auto& [target, bytes] : {std::pair{"x86-64-v2", 16}, {"x86-64-v3", 32}, {"x86-64-v4", 64}}) {
    const HotLoop loop = elementwise(4, 512, bytes / 4, target, twice).loop;
    EXPECT_EQ(loop.flops, loop.stores * bytes / 4) << target << "\n" << loop.assembly;
    EXPECT_EQ(loop.vector_bytes, bytes);
    EXPECT_EQ(loop.fmas, 0);
    EXPECT_GE(loop.stores, 1);
    EXPECT_EQ(loop.loads, loop.stores);
    EXPECT_EQ(loop.bytes, 2 * bytes * loop.stores);
  }
  const HotLoop neon = elementwise(4, 512, 8, "aarch64+neon", twice).loop;
  EXPECT_EQ(neon.flops, 8) << neon.assembly;
  EXPECT_EQ(neon.loads, 1);
  EXPECT_EQ(neon.stores, 1);
  EXPECT_EQ(neon.bytes, 2 * 32);
}

TEST(HotLoop, OfScalarsCountsOneLane) {
  for (const char* target : {"x86-64-v3", "aarch64+neon"}) {
    const Compiled product = compiled(support::matmul(5, 7, 37), {ReorderStep{2, {0, 1, 2}}}, target);
    EXPECT_EQ(product.loop.flops, 2 * product.loop.fmas) << product.loop.assembly;
    EXPECT_GE(product.loop.fmas, 1);
    EXPECT_EQ(product.loop.bytes, 4 * (product.loop.loads + product.loop.stores));
  }
}

TEST(HotLoop, BeginsWithTheLabelThatItEndsWithAJumpTo) {
  for (const char* target : {"x86-64-v3", "aarch64+neon"}) {
    const std::string assembly = tiled_product(2, 8, target).loop.assembly;
    const std::string label = assembly.substr(0, assembly.find(':'));
    EXPECT_TRUE(label.starts_with("0x")) << assembly;
    EXPECT_TRUE(assembly.ends_with("\t" + label + "\n")) << assembly;
  }
}

TEST(HotLoop, NamesTheFunctionsThatItCalls) {
  const Compiled sine =
      elementwise(4, 512, 16, "x86-64-v4", [](const te::Expr& x) { return te::unary(te::UnaryOp::sin, x); });
  EXPECT_EQ(occurrences(sine.assembly, "call[^\n]*_ZGVeN16v_sinf"), 1);
  EXPECT_NE(sine.loop.assembly.find("# _ZGVeN16v_sinf"), std::string::npos) << sine.loop.assembly;
}

/// y[i] = (sum over 4096 of x[i, k])^(1 + products), in floats: a loop in a loop that then multiplies.
HotLoop sums_and_products(DType type, int products) {
  const te::Tensor x = te::placeholder({64, 4096}, "x", type);
  const te::AxisRef k = te::reduce_axis(4096, "k");
  const te::Tensor sum =
      te::compute({64}, "sum", [&](std::span<const te::Expr> i) { return te::sum(x(i[0], te::Expr(k)), {k}); });
  const te::Tensor y = te::compute({64}, "y", [&](std::span<const te::Expr> i) {
    const te::Expr one = te::cast(DType::f32, sum(i[0]));
    te::Expr power = one;
    for (int n = 0; n < products; ++n) power = power * one;
    return power;
  });
  return compiled(te::Dag::make(std::vector<te::Tensor>{x, y}), {ComputeAtStep{1, 2, 0}}, "x86-64-v3").loop;
}

TEST(HotLoop, IsTheInnerOneEvenIfTheOuterOneComputesMore) {
  const HotLoop loop = sums_and_products(DType::f32, 300);
  EXPECT_EQ(occurrences(loop.assembly, "mul"), 0) << loop.assembly;
  EXPECT_EQ(loop.flops, 8 * occurrences(loop.assembly, "vaddps"));
  EXPECT_GT(loop.flops, 0);
}

TEST(HotLoop, IsTheOuterOneWithoutTheInnerOneThatComputesNothing) {
  const HotLoop loop = sums_and_products(DType::i32, 10);
  EXPECT_EQ(loop.flops, 10) << loop.assembly;
  EXPECT_NE(loop.assembly.find("(a loop of "), std::string::npos) << loop.assembly;
}

TEST(HotLoop, OfCodeWithoutLoopsIsAllOfIt) {
  const Compiled one = elementwise(1, 16, 16, "x86-64-v4", [](const te::Expr& x) { return x * te::Expr(2.0F); });
  EXPECT_EQ(one.loop.instructions, occurrences(one.assembly, "\n\t[a-z]")) << one.assembly << one.loop.assembly;
  EXPECT_EQ(one.loop.flops, 16);
  EXPECT_EQ(occurrences(one.loop.assembly, "ret"), occurrences(one.assembly, "\n\tret"));
}

}  // namespace
}  // namespace tilewright::cpu
