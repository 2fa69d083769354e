// States replayed from the real Ansor's steps print as the real Ansor printed them.
#include <gtest/gtest.h>

#include "schedule/codec.h"
#include "schedule/ground_truth.h"
#include "schedule/state.h"
#include "schedule/workloads.h"

namespace tilewright::schedule {
namespace {

class Ansor : public testing::TestWithParam<std::string> {
 protected:
  State replay(const nlohmann::json& program) const {
    const Result<std::vector<Step>> steps = steps_from_json(program["steps"]);
    EXPECT_TRUE(steps) << steps.message();
    Result<State> state = State::replay(workloads::all().at(GetParam()), *steps);
    EXPECT_TRUE(state) << state.message();
    return std::move(*state);
  }
  const nlohmann::json truth_ = ground_truth(GetParam());
};

/// Bounds of attached stages are inferred in another room; tests/space compares those samples.
bool attaches(const nlohmann::json& program) {
  for (const nlohmann::json& step : program["steps"])
    if (step[0] == "CA" || step[0] == "CR") return true;
  return false;
}

TEST_P(Ansor, SketchesPrintAsTheRealOnes) {
  for (const nlohmann::json& sketch : truth_["sketches"])
    EXPECT_EQ(to_text(replay(sketch)), sketch["printed"]) << sketch["steps"];
}

TEST_P(Ansor, SamplesPrintAsTheRealOnes) {
  for (const nlohmann::json& sample : complete_states(truth_)) {
    if (attaches(sample)) continue;
    EXPECT_EQ(to_text(replay(sample)), sample["printed"].get<std::string>()) << sample["steps"];
  }
}

TEST_P(Ansor, StepsSurviveTheCodec) {
  for (const nlohmann::json& programs : {truth_["sketches"], complete_states(truth_)})
    for (const nlohmann::json& program : programs) EXPECT_EQ(to_json(replay(program).steps()), program["steps"]);
}

TEST_P(Ansor, OnlySketchesHaveUnknownLengths) {
  for (const nlohmann::json& sample : complete_states(truth_)) EXPECT_TRUE(replay(sample).is_concrete());
  for (const nlohmann::json& sketch : truth_["sketches"])
    EXPECT_EQ(replay(sketch).is_concrete(), sketch["steps"].dump().find("null") == std::string::npos);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, dag] : workloads::all()) names.push_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Workloads, Ansor, testing::ValuesIn(names()),
                         [](const auto& workload) { return workload.param; });

}  // namespace
}  // namespace tilewright::schedule
