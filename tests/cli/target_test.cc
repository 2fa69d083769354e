#include <gtest/gtest.h>

#include "program.h"
#include "target/host.h"
#include "target/target_spec.h"

namespace tilewright::cli {
namespace {

/// --target, on x86-64 hosts that have AVX2.
class Targets : public Program {
 protected:
  void SetUp() override {
    const target::TargetSpec host = target::host_target();
    if (host.is_aarch64() || host.vector_bytes < 32) GTEST_SKIP() << "this machine does not run x86-64-v3";
  }
};

TEST_F(Targets, KeepTheirRecordsApart) {
  const Outcome tuned = run("tune matmul:n=32,m=48,k=16 --target x86-64-v3 --trials 4 --records r.jsonl --json");
  ASSERT_EQ(tuned.code, 0) << tuned.err;
  EXPECT_EQ(tuned.json().at("valid"), 4);
  const std::string records = read_file(path("r.jsonl"));
  EXPECT_NE(records.find("\"fingerprint\":\"x86-64-v3-"), std::string::npos) << records;
  const auto tasks_tuned = [&](const std::string& target) {
    return run("compile matmul:n=32,m=48,k=16 -o m.tw --records r.jsonl --json --target " + target)
        .json()
        .at("tasks_tuned");
  };
  EXPECT_EQ(tasks_tuned("x86-64-v3"), 1);
  EXPECT_EQ(tasks_tuned("host"), 0);
  EXPECT_EQ(tasks_tuned("aarch64+neon"), 0);
}

TEST_F(Targets, ThatThisMachineRunsAreTimedAgainstTheirOwnPeak) {
  const std::string bench = "bench matmul:n=64,m=64,k=64 --untuned --seconds 0.05 --json --target ";
  const nlohmann::json v3 = run(bench + "x86-64-v3").json(), v2 = run(bench + "x86-64-v2").json();
  EXPECT_GT(v3.at("gflops"), 0.0);
  EXPECT_GT(v3.at("peak_gflops"), 1.2 * v2.at("peak_gflops").get<double>());
}

TEST_F(Targets, DecideTheSpace) {
  const auto first_sample = [&](const std::string& target) {
    return run("sample gmm_1024 --count 1 --seed 4 --json --target " + target).json().at("states").at(0);
  };
  EXPECT_NE(first_sample("x86-64-v3"), first_sample("x86-64-v4"));
}

TEST_F(Targets, OfAnotherMachineAreCompiledButNotRun) {
  expect_failure(run("tune gmm_0 --target aarch64+neon"), 2, "this machine can't run code for aarch64+neon");
  expect_failure(run("bench gmm_0 --untuned --target aarch64+neon"), 2, "this machine can't run code for aarch64+neon");
  const Outcome explained = run("explain gmm_0 --untuned --target aarch64+neon --json");
  ASSERT_EQ(explained.code, 0) << explained.err;
  const nlohmann::json loop = explained.json().at("tasks").at(0).at("hot_loop");
  EXPECT_EQ(loop.at("vector_bytes"), 16);
  EXPECT_GT(loop.at("fma_density"), 0.4) << loop.at("assembly");
  ASSERT_EQ(run("compile gmm_0 --untuned --target aarch64+neon -o arm.tw").code, 0);
  expect_failure(run("run arm.tw"), 3, "object is for ELF machine 183");
}

}  // namespace
}  // namespace tilewright::cli
