#include <gtest/gtest.h>

#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

class Explain : public Program {};

TEST_F(Explain, ShowsScheduleHotLoopAndBoundOfAWorkload) {
  const Outcome text = run("explain matmul:n=128,m=256,k=64 --untuned --target x86-64-v4");
  ASSERT_EQ(text.code, 0) << text.err;
  for (const char* part :
       {"default schedule", "vectorize", "hot loop:", "vfmadd231ps", "zmm", "bytes per FLOP:", "bound: "})
    EXPECT_NE(text.out.find(part), std::string::npos) << "no '" << part << "' in: " << text.out;

  const Outcome json = run("explain matmul:n=128,m=256,k=64 --untuned --target x86-64-v4 --json");
  ASSERT_EQ(json.code, 0) << json.err;
  const nlohmann::json task = json.json().at("tasks").at(0);
  EXPECT_FALSE(task.at("tuned"));
  EXPECT_GT(task.at("steps").size(), 3u);
  EXPECT_EQ(task.at("hot_loop").at("vector_bytes"), 64);
  EXPECT_GT(task.at("hot_loop").at("fma_density"), 0.4);
  EXPECT_EQ(task.at("hot_loop").at("flops"), 32.0 * task.at("hot_loop").at("fmas").get<double>());
  EXPECT_TRUE(task.at("cycles").contains(task.at("bound").get<std::string>()));
  EXPECT_GT(task.at("bytes_per_flop").at("L1"), 0.0);
}

TEST_F(Explain, SaysWhatTheTrainedPoliciesWouldTryAndWhy) {
  const Outcome text = run("explain matmul:n=128,m=256,k=64 --untuned --target x86-64-v4 --policies");
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("moves that the trained policy would try"), std::string::npos) << text.out;
  const nlohmann::json policies = run("explain matmul:n=128,m=256,k=64 --untuned --target x86-64-v4 --policies --json")
                                      .json()["tasks"][0]["policies"];
  double odds = 0, shares = 0;
  for (const nlohmann::json& move : policies.at("moves")) {
    odds += move.at("odds").get<double>();
    EXPECT_GT(move.at("chance"), 0.0);
    EXPECT_LT(move.at("chance"), 1.0);
  }
  EXPECT_GE(policies.at("moves").size(), 8u);
  EXPECT_FALSE(policies.at("moves").at(0).at("reasons").empty());
  EXPECT_NEAR(odds, 1, 1e-9);
  ASSERT_GE(policies.at("factors").size(), 2u);
  EXPECT_GE(policies.at("factors").at(0).at("gain"), policies.at("factors").at(1).at("gain"));
  EXPECT_FALSE(policies.at("factors").at(0).at("reasons").empty());
  for (const nlohmann::json& share : policies.at("sketch_shares")) shares += share.get<double>();
  EXPECT_NEAR(shares, 1, 1e-9);
}

TEST_F(Explain, FollowsTheTarget) {
  const Outcome outcome = run("explain matmul:n=128,m=256,k=64 --untuned --target x86-64-v3 --json");
  const nlohmann::json task = outcome.json().at("tasks").at(0);
  EXPECT_EQ(task.at("hot_loop").at("vector_bytes"), 32);
  EXPECT_EQ(task.at("hot_loop").at("stack_accesses"), 0) << "the tile does not fit 16 registers";
}

TEST_F(Explain, ShowsEveryTaskOfAModel) {
  write_file(path("small.onnx"), small_model().SerializeAsString());
  const Outcome outcome = run("explain small.onnx --untuned --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("tasks").size(), run("tasks small.onnx --json").json().at("tasks").size());
}

TEST_F(Explain, TakesARecordOfANamedWorkloadOrOfItsInput) {
  ASSERT_EQ(run("sample gmm_0 --count 1 --records named.jsonl").code, 0);
  const Outcome named = run("explain --record named.jsonl:1 --json");
  ASSERT_EQ(named.code, 0) << named.err;
  EXPECT_EQ(named.json().at("tasks").at(0).at("workload"), "gmm_0");
  EXPECT_TRUE(named.json().at("tasks").at(0).at("time_s").is_null());

  ASSERT_EQ(run("tune matmul:n=24,m=40,k=16 --trials 2 --records other.jsonl -q").code, 0);
  const Outcome other = run("explain matmul:n=24,m=40,k=16 --record other.jsonl:2 --json");
  ASSERT_EQ(other.code, 0) << other.err;
  EXPECT_GT(other.json().at("tasks").at(0).at("time_s"), 0.0);
  expect_failure(run("explain --record other.jsonl:2"), 3, "of no named workload");
  expect_failure(run("explain gmm_0 --record other.jsonl:2"), 3, "has no task with the record's key");
  expect_failure(run("explain gmm_0 --record other.jsonl:7"), 3, "lines, no line 7");
}

TEST_F(Explain, RefusesWhatItCannotExplain) {
  expect_failure(run("explain"), 2, "name an INPUT or a record");
  expect_failure(run("explain --record x.jsonl"), 2, "'x.jsonl' is not a line of a record file");
  expect_failure(run("explain --record x.jsonl:1"), 3, "cannot read x.jsonl");
  expect_failure(run("explain gmm_0 --target vax"), 2, "unknown target 'vax'");
  write_file(path("bad.jsonl"), "not json\n");
  expect_failure(run("explain --record bad.jsonl:1"), 3, "bad.jsonl line 1 is no record: not JSON");
  ASSERT_EQ(run("compile gmm_0 --untuned -o m.tw").code, 0);
  expect_failure(run("explain m.tw --untuned"), 3, "is a compiled model");
}

}  // namespace
}  // namespace tilewright::cli
