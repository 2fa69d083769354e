#include <gtest/gtest.h>

#include "program.h"

namespace tilewright::cli {
namespace {

class PassFlags : public Program {};

constexpr const char* kExplain = "explain matmul:n=32,m=64,k=32 --untuned --target x86-64-v4";

/// Calls of a pass, by --pass-times.
int calls(const nlohmann::json& report, const std::string& pass) {
  for (const nlohmann::json& row : report.at("pass_times"))
    if (row.at("pass") == pass) return row.at("calls");
  return -1;
}

TEST_F(PassFlags, LeaveOutAndCountPasses) {
  const Outcome all = run(fmt::format("{} --pass-times --verify-passes --json", kExplain));
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_GE(calls(all.json(), "form-tiles"), 1);
  const Outcome without = run(fmt::format("{} --pass-times --without-pass form-tiles --json", kExplain));
  ASSERT_EQ(without.code, 0) << without.err;
  EXPECT_EQ(calls(without.json(), "form-tiles"), 0);
  EXPECT_GE(calls(without.json(), "split-guards"), 1);
}

TEST_F(PassFlags, ShowATableAtStandardError) {
  const Outcome table = run(fmt::format("{} --pass-times", kExplain));
  ASSERT_EQ(table.code, 0) << table.err;
  EXPECT_NE(table.err.find("target  form-tiles"), std::string::npos) << table.err;
  EXPECT_TRUE(run(fmt::format("{} --pass-times -q", kExplain)).err.empty());
  EXPECT_TRUE(run(kExplain).err.empty());
}

TEST_F(PassFlags, RefusePassesThatAreNotKnownOrNeeded) {
  expect_failure(run(fmt::format("{} --without-pass form-tile", kExplain)), 2,
                 "there is no pass form-tile; those that can be left out are remove-identities, fold-scales,");
  expect_failure(run(fmt::format("{} --without-pass to-nhwc", kExplain)), 2, "the pass to-nhwc can't be left out");
}

}  // namespace
}  // namespace tilewright::cli
