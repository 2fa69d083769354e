#include "target/target_spec.h"

#include <gtest/gtest.h>

namespace tilewright::target {
namespace {

TargetSpec with_features(std::vector<std::string> features) {
  TargetSpec target;
  target.triple = "x86_64-unknown-linux-gnu";
  target.cpu = "some";
  target.features = std::move(features);
  return with_registers(std::move(target));
}

TEST(TargetSpec, RegistersFollowFromFeatures) {
  EXPECT_EQ(with_features({"+sse4.2"}).vector_bytes, 16);
  EXPECT_FALSE(with_features({"+sse4.2", "-fma"}).has_fma);
  const TargetSpec avx2 = with_features({"+avx2", "+fma", "-avx512f"});
  EXPECT_EQ(avx2.vector_bytes, 32);
  EXPECT_EQ(avx2.vector_registers, 16);
  EXPECT_TRUE(avx2.has_fma);
  const TargetSpec avx512 = with_features({"+avx2", "+avx512bw", "+avx512dq", "+avx512f", "+avx512vl", "+fma"});
  EXPECT_EQ(avx512.vector_bytes, 64);
  EXPECT_EQ(avx512.vector_registers, 32);
}

TEST(TargetSpec, LanesDependOnTheType) {
  const TargetSpec avx2 = with_features({"+avx2"});
  EXPECT_EQ(avx2.lanes(DType::f32), 8);
  EXPECT_EQ(avx2.lanes(DType::f64), 4);
  EXPECT_EQ(avx2.lanes(DType::bf16), 16);
  EXPECT_EQ(avx2.lanes(DType::i8), 32);
}

TEST(TargetSpec, FingerprintCountsEnabledFeaturesOnly) {
  const TargetSpec one = with_features({"+avx2", "-avx512f"});
  const TargetSpec other = with_features({"+avx2", "-avx512f", "-known-to-the-next-llvm"});
  EXPECT_EQ(one.fingerprint(), other.fingerprint());
  EXPECT_NE(one.fingerprint(), with_features({"+avx2", "+fma"}).fingerprint());
  EXPECT_TRUE(one.fingerprint().starts_with("some-"));
  EXPECT_TRUE(one.is_called(other.fingerprint()));
  EXPECT_FALSE(one.is_called(with_features({"+avx2", "+fma"}).fingerprint()));
}

TEST(TargetSpec, KnowsWhatEarlierVersionsCalledIt) {
  // What was written for these features when all of them counted.
  EXPECT_TRUE(with_features({"+avx2", "-avx512f"}).is_called("some-a7a4306c"));
}

}  // namespace
}  // namespace tilewright::target
