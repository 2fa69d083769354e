#include "target/processors.h"

#include <gtest/gtest.h>

#include "target/host.h"

namespace tilewright::target {
namespace {

TEST(ParseTarget, NamesTheKnownOnesWhenAskedForAnother) {
  const std::string message = parse_target("mips").message();
  EXPECT_TRUE(message.starts_with("unknown target 'mips': expected host, x86-64-v2, x86-64-v3, x86-64-v4, "))
      << message;
  for (const Processor& processor : processors()) EXPECT_NE(message.find(processor.name), std::string::npos);
}

TEST(ParseTarget, TakesNothingForTheHost) {
  const TargetSpec host = *parse_target("host");
  EXPECT_EQ(host.fingerprint(), host_target().fingerprint());
  EXPECT_EQ(parse_target("")->fingerprint(), host.fingerprint());
  EXPECT_FALSE(host.cpu.empty());
  EXPECT_GE(host.cores, 1);
  EXPECT_GE(host.vector_bytes, 16);
}

TEST(ParseTarget, CallsFeatureSetsWhatRecordsCarry) {
  // What was written before processors had names.
  EXPECT_EQ(parse_target("x86-64-v2")->fingerprint(), "x86-64-v2-781d8e20");
  EXPECT_EQ(parse_target("x86-64-v3")->fingerprint(), "x86-64-v3-a2f5bd61");
  EXPECT_EQ(parse_target("x86-64-v4")->fingerprint(), "x86-64-v4-77704429");
  EXPECT_EQ(parse_target("aarch64+neon")->fingerprint(), "generic-ec0f4441");
}

TEST(Processors, HaveRegistersUnitsAndCachesOfTheirOwn) {
  for (const Processor& processor : processors()) {
    const TargetSpec target = *parse_target(std::string(processor.name));
    EXPECT_EQ(target.is_aarch64(), processor.is_aarch64) << processor.name;
    EXPECT_EQ(target.cores, processor.cores) << processor.name;
    EXPECT_LT(target.l1d_bytes, target.l2_bytes) << processor.name;
    EXPECT_LE(target.l2_bytes, target.l3_bytes) << processor.name;
    EXPECT_EQ(target.unit_bytes, processor.unit_bytes) << processor.name;
    EXPECT_LE(target.unit_bytes, target.vector_bytes) << processor.name;
    EXPECT_TRUE(processor.like.empty() || find_processor(processor.like) < &processor) << processor.name;
  }
  EXPECT_EQ(parse_target("znver4")->vector_bytes, 64);
  EXPECT_EQ(parse_target("znver4")->unit_bytes, 32);
  EXPECT_EQ(parse_target("znver5")->unit_bytes, 64);
  EXPECT_EQ(parse_target("neoverse-v2")->vector_bytes, 16);  // NEON: SVE is not generated
  EXPECT_EQ(parse_target("neoverse-v2")->fma_units, 4);
}

TEST(MissingFeatures, AreThoseThatTheHostLacksOrNobodyKnows) {
  std::vector<std::string> enabled;
  for (const std::string& feature : host_target().features) {
    const std::string name = feature.substr(1);
    if (feature.starts_with('+'))
      enabled.push_back(name);
    else
      EXPECT_EQ(missing_features({name}), std::vector<std::string>{name});
  }
  EXPECT_FALSE(enabled.empty());
  EXPECT_EQ(missing_features(enabled), std::vector<std::string>());
  EXPECT_EQ(missing_features({"something-unheard-of"}),
            std::vector<std::string>{"something-unheard-of (not known to this version)"});
}

}  // namespace
}  // namespace tilewright::target
