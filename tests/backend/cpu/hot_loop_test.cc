// Assembly texts, and what is counted in them.
#include "backend/cpu/hot_loop.h"

#include <gtest/gtest.h>

namespace tilewright::cpu {
namespace {

target::TargetSpec target(const char* triple) {
  target::TargetSpec target;
  target.triple = triple;
  return target;
}

HotLoop hot_loop_of_x86(const char* text) { return find_hot_loop(text, target("x86_64-unknown-linux-gnu")); }
HotLoop hot_loop_of_arm(const char* text) { return find_hot_loop(text, target("aarch64-unknown-linux-gnu")); }

TEST(HotLoop, OfX86CountsMultiplyAddsLoadsStoresAndTheStack) {
  const HotLoop loop = hot_loop_of_x86(R"(
	.p2align	4
.LBB0_1:                                # %loop
	vmovups	64(%rdx,%r10), %zmm30
	vbroadcastss	(%r9,%r11,4), %zmm31
	vfmadd231ps	%zmm30, %zmm31, %zmm28
	vfmadd231ps	(%r8){1to16}, %zmm30, %zmm27
	vfnmadd231ss	%xmm1, %xmm2, %xmm3
	vmaxps	%ymm1, %ymm2, %ymm3
	vmovaps	%zmm5, 128(%rsp)
	leaq	8(%rax), %rax
	prefetcht0	(%rax)
	cmpq	$64, %r11
	jl	.LBB0_1
	retq
)");
  EXPECT_EQ(loop.instructions, 11);
  EXPECT_EQ(loop.fmas, 3);
  EXPECT_EQ(loop.loads, 3);
  EXPECT_EQ(loop.stores, 1);
  EXPECT_EQ(loop.stack_accesses, 1);
  EXPECT_EQ(loop.flops, 32 + 32 + 2 + 8);
  EXPECT_EQ(loop.bytes, 64 + 4 + 4 + 64);
  EXPECT_EQ(loop.vector_bytes, 64);
  EXPECT_TRUE(loop.assembly.starts_with(".LBB0_1:\n")) << loop.assembly;
}

TEST(HotLoop, OfAArch64CountsTheSame) {
  const HotLoop loop = hot_loop_of_arm(R"(
.LBB0_1:                                // %loop
	ldp	q16, q17, [x8]
	ldr	s18, [x9], #4
	ld1r	{ v19.4s }, [x10]
	fmla	v0.4s, v16.4s, v18.s[0]
	fmadd	s1, s2, s3, s4
	fadd	v5.2s, v6.2s, v7.2s
	str	q0, [sp, #16]
	subs	x11, x11, #1
	b.ne	.LBB0_1
	ret
)");
  EXPECT_EQ(loop.instructions, 9);
  EXPECT_EQ(loop.fmas, 2);
  EXPECT_EQ(loop.loads, 3);
  EXPECT_EQ(loop.stores, 1);
  EXPECT_EQ(loop.stack_accesses, 1);
  EXPECT_EQ(loop.flops, 8 + 2 + 2);
  EXPECT_EQ(loop.bytes, 32 + 4 + 4 + 16);
  EXPECT_EQ(loop.vector_bytes, 16);
}

TEST(HotLoop, IsTheInnerOneEvenIfTheOuterOneComputesMore) {
  const HotLoop loop = hot_loop_of_x86(R"(
.outer:
.inner:
	vfmadd231ps	%ymm1, %ymm2, %ymm3
	jl	.inner
	vaddps	%ymm1, %ymm2, %ymm3
	vaddps	%ymm1, %ymm2, %ymm3
	vaddps	%ymm1, %ymm2, %ymm3
	jl	.outer
)");
  EXPECT_EQ(loop.instructions, 2);
  EXPECT_EQ(loop.flops, 16);
}

TEST(HotLoop, IsTheOuterOneWithoutTheInnerOneThatOnlyCopies) {
  const HotLoop loop = hot_loop_of_x86(R"(
.outer:
.inner:
	vmovups	(%rax), %ymm1
	jl	.inner
	vfmadd231ps	%ymm1, %ymm2, %ymm3
	jl	.outer
)");
  EXPECT_EQ(loop.instructions, 2);
  EXPECT_EQ(loop.fmas, 1);
  EXPECT_NE(loop.assembly.find("(a loop of 3 lines)"), std::string::npos) << loop.assembly;
}

TEST(HotLoop, OfCodeWithoutLoopsIsAllOfIt) {
  EXPECT_EQ(hot_loop_of_x86("kernel:\n\tvaddss\t%xmm0, %xmm1, %xmm2\n\tretq\n").instructions, 2);
}

}  // namespace
}  // namespace tilewright::cpu
