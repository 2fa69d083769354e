#include <gtest/gtest.h>

#include "schedule/workloads.h"
#include "space/search_space.h"

namespace tilewright::space {
namespace {

Hardware machine(int cores) {
  Hardware hardware;
  hardware.cores = cores;
  return hardware;
}

schedule::State default_of(const te::DagRef& dag, const Hardware& hardware) {
  return SearchSpace(dag, hardware, {}).default_state();
}

TEST(DefaultSchedule, HoldsAConvolutionAndItsEpilogueInRegisters) {
  EXPECT_EQ(to_text(default_of(workloads::conv2d_bias_relu({56, 64, 64, 3, 1, 1}), machine(2))),
            R"(Placeholder: data, kernel, bias
parallel i0@i1@ (0,58)
  for i2 (0,58)
    for i3.0 (0,2)
      vectorize i3.1 (0,32)
        pad_temp = ...
parallel i0.0@i1.0@ (0,56)
  for i2.0 (0,4)
    for i3.0 (0,2)
      for ry.0 (0,3)
        for rx.0 (0,3)
          for rc.0 (0,64)
            unroll xx.3 (0,14)
              vectorize ff.3 (0,32)
                conv2d_nhwc = ...
      unroll i2.1 (0,14)
        vectorize i3.1 (0,32)
          compute = ...
)");
}

TEST(DefaultSchedule, WalksWeightsThatOutgrowTheCacheOnce) {
  EXPECT_EQ(to_text(default_of(workloads::matmul(512, 512, 512), machine(1))),
            R"(Placeholder: A, B
for j.0 (0,16)
  for i.0 (0,64)
    for k.0 (0,128)
      unroll k.1 (0,4)
        unroll i_c.3 (0,8)
          vectorize j_c.3 (0,32)
            C.local = ...
    unroll i.1 (0,8)
      vectorize j.1 (0,32)
        C = ...
)");
}

TEST(DefaultSchedule, CutsProductsBeyondTheCachesIntoBlocks) {
  EXPECT_EQ(to_text(default_of(workloads::matmul(2048, 2048, 2048), machine(1))),
            R"(Placeholder: A, B
for j.0 (0,4)
  for i.0 (0,8)
    for k.0 (0,16)
      for j_c.2 (0,16)
        for i_c.2 (0,32)
          for k.1 (0,32)
            unroll k.2 (0,4)
              unroll i_c.3 (0,8)
                vectorize j_c.3 (0,32)
                  C.local = ...
    for i.2 (0,32)
      for j.2 (0,16)
        unroll i.3 (0,8)
          vectorize j.3 (0,32)
            C = ...
)");
}

TEST(DefaultSchedule, GivesTheLanesSlicesOfAReductionAlongMemory) {
  EXPECT_EQ(to_text(default_of(workloads::matvec(1024, 1024), machine(1))),
            R"(Placeholder: A, x
for i.0 (0,128)
  for k_o.0 (0,16)
    unroll k_o.1 (0,4)
      unroll i_c.3 (0,8)
        vectorize k_i_c.3 (0,16)
          y.rf.local = ...
  unroll i.1 (0,8)
    vectorize k_i.1 (0,16)
      y.rf = ...
for ax0 (0,1024)
  for k_i_v (0,16)
    y.repl = ...
)");
}

TEST(DefaultSchedule, ComputesPaddingBandByBandBeforeALightReduction) {
  EXPECT_EQ(to_text(default_of(workloads::depthwise_bias_relu(112, 96), machine(2))),
            R"(Placeholder: data, kernel, bias
parallel i0.0@i1.0.0@ (0,28)
  for i1 (0,6)
    for i2 (0,114)
      for i3.0 (0,3)
        vectorize i3.1 (0,32)
          PaddedInput = ...
  for i1.0.1 (0,4)
    for i2.0 (0,14)
      for i3.0 (0,3)
        unroll di.1 (0,3)
          unroll dj.1 (0,3)
            unroll j.3 (0,8)
              vectorize c.3 (0,32)
                DepthwiseConv2d = ...
        unroll i2.1 (0,8)
          vectorize i3.1 (0,32)
            compute = ...
)");
}

TEST(DefaultSchedule, ComputesARowOfASoftmaxWhileItIsInTheCache) {
  EXPECT_EQ(to_text(default_of(workloads::softmax(1536, 128), machine(2))),
            R"(Placeholder: A
parallel i0.0 (0,192)
  for i0 (0,8)
    for k (0,128)
      T_softmax_expsum = ...
  for i0 (0,8)
    for i1.0 (0,4)
      vectorize i1.1 (0,32)
        T_softmax_exp = ...
  for i0 (0,8)
    for k (0,128)
      T_softmax_maxelem = ...
  for i0.1 (0,8)
    for i1.0 (0,4)
      vectorize i1.1 (0,32)
        T_softmax_norm = ...
)");
}

TEST(DefaultSchedule, SharesATranspositionAlongItsLongerAxis) {
  const std::string tall = to_text(default_of(workloads::transpose(3136, 64), machine(2))),
                    wide = to_text(default_of(workloads::transpose(64, 3136), machine(2)));
  EXPECT_NE(tall.find("parallel i (0,3136)"), std::string::npos) << tall;
  EXPECT_NE(wide.find("parallel j.0 (0,98)"), std::string::npos) << wide;
}

TEST(DefaultSchedule, LeavesSmallWorkToOneCore) {
  const std::string text = to_text(default_of(workloads::parsed("elementwise_chain:m=8,n=32"), machine(8)));
  EXPECT_EQ(text.find("parallel"), std::string::npos) << text;
}

}  // namespace
}  // namespace tilewright::space
