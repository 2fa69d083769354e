#include <algorithm>

#include "program.h"

namespace tilewright::cli {
namespace {

constexpr const char* kMatmul = "matmul:n=32,m=48,k=16";

TEST_F(Program, WritesLegalSamplesAsRecords) {
  const nlohmann::json states =
      run(fmt::format("sample {} --count 5 --records r.jsonl --json", kMatmul)).json().at("states");
  const auto legal = std::count_if(states.begin(), states.end(), [](const nlohmann::json& s) { return s.at("legal"); });
  EXPECT_GT(legal, 0);
  EXPECT_EQ(run("records ls r.jsonl --json").json().at("records"), legal);
  const std::string records = read_file(path("r.jsonl"));
  for (const nlohmann::json& state : states)
    EXPECT_EQ(records.find(state.at("steps").dump()) != std::string::npos, state.at("legal").get<bool>());
}

TEST_F(Program, TunesAWorkloadAndBenchesTheBestOfIt) {
  const Outcome outcome = run(fmt::format("tune {} --trials 4 --records r.jsonl --json", kMatmul));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_EQ(outcome.json().at("tasks").size(), 1u);
  const nlohmann::json task = outcome.json().at("tasks").at(0);
  EXPECT_EQ(task.at("trials"), 4);
  EXPECT_EQ(task.at("flops"), 2.0 * 32 * 48 * 16);
  const nlohmann::json times = run(fmt::format("bench {} --records r.jsonl --seconds 0.1 --json", kMatmul)).json();
  EXPECT_EQ(times.at("flops"), 2.0 * 32 * 48 * 16);
  EXPECT_GT(times.at("median_s"), 0.0);
}

}  // namespace
}  // namespace tilewright::cli
