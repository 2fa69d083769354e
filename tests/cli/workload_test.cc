#include <algorithm>

#include "program.h"

namespace tilewright::cli {
namespace {

constexpr const char* kMatmul = "matmul:n=32,m=48,k=16";

TEST_F(Program, ListsWorkloadsWithTheirSpecAndFlops) {
  const nlohmann::json rows = run("workloads --json").json().at("workloads");
  ASSERT_GE(rows.size(), 70u);
  EXPECT_EQ(rows.at(0), (nlohmann::json{{"name", "gmm_1024"},
                                        {"spec", "matmul:b=1,n=1024,m=1024,k=1024"},
                                        {"flops", 2.0 * 1024 * 1024 * 1024}}));
}

TEST_F(Program, ShowsSketchesWithOpenLengths) {
  const nlohmann::json ansor = run(fmt::format("sketches {} --space ansor --json", kMatmul)).json().at("sketches");
  EXPECT_EQ(ansor.size(), 3u);
  EXPECT_TRUE(ansor.at(0).at("printed").get<std::string>().starts_with("Placeholder: A, B\n"));
  bool open = false;
  for (const nlohmann::json& step : ansor.at(0).at("steps"))
    open = open || (step.at(0) == "SP" && step.at(4).at(0).is_null());
  EXPECT_TRUE(open) << ansor.at(0).at("steps").dump();
  EXPECT_GT(run(fmt::format("sketches {} --space full --json", kMatmul)).json().at("sketches").size(), ansor.size());
}

TEST_F(Program, DrawsTheSameSamplesFromTheSameSeed) {
  const auto draw = [&](int seed) {
    return run(fmt::format("sample {} --count 8 --seed {} --json", kMatmul, seed)).json().at("states");
  };
  const nlohmann::json states = draw(1);
  ASSERT_EQ(states.size(), 8u);
  EXPECT_EQ(states, draw(1));
  EXPECT_NE(states, draw(2));
  for (const nlohmann::json& state : states) EXPECT_EQ(state.at("legal"), state.at("reason") == "");
}

TEST_F(Program, WritesLegalSamplesAsRecords) {
  const nlohmann::json states =
      run(fmt::format("sample {} --count 5 --records r.jsonl --json", kMatmul)).json().at("states");
  const auto legal = std::count_if(states.begin(), states.end(), [](const nlohmann::json& s) { return s.at("legal"); });
  EXPECT_EQ(run("records ls r.jsonl --json").json().at("records"), legal);
  EXPECT_TRUE(read_file(path("r.jsonl")).find(states.at(0).at("steps").dump()) != std::string::npos);
}

TEST_F(Program, TunesAndBenchesAWorkload) {
  const Outcome outcome = run(fmt::format("tune {} --trials 4 --records r.jsonl --json", kMatmul));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("tasks").size(), 1u);
  const nlohmann::json task = outcome.json().at("tasks").at(0);
  EXPECT_EQ(task.at("trials"), 4);
  EXPECT_EQ(task.at("flops"), 2.0 * 32 * 48 * 16);
  const nlohmann::json times = run(fmt::format("bench {} --records r.jsonl --seconds 0.1 --json", kMatmul)).json();
  EXPECT_EQ(times.at("flops"), 2.0 * 32 * 48 * 16);
  EXPECT_GT(times.at("median_s"), 0.0);
}

TEST_F(Program, RefusesWorkloadsThatMakeNoSense) {
  for (const char* verb : {"sketches", "sample", "tune", "bench"}) {
    const Outcome outcome = run(fmt::format("{} conv2d:h=8,ci=3,co=4", verb));
    EXPECT_EQ(outcome.code, 3) << verb;
    EXPECT_NE(outcome.err.find("k is missing"), std::string::npos) << verb << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace tilewright::cli
