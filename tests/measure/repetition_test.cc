#include "measure/timing/repetition.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tilewright::measure {
namespace {

struct Case {
  const char* name;
  double incumbent_ms, warm_up_ms;
  std::vector<double> times_ms;
  RepetitionDecision verdict;
};

class Judge : public testing::TestWithParam<Case> {};

TEST_P(Judge, Decides) {
  RepetitionRule rule;
  rule.incumbent_s = GetParam().incumbent_ms * 1e-3;
  std::vector<double> times_s;
  for (double time_ms : GetParam().times_ms) times_s.push_back(time_ms * 1e-3);
  EXPECT_EQ(judge(GetParam().warm_up_ms * 1e-3, times_s, rule), GetParam().verdict);
}

constexpr double kNone = 1e30;
const Case kCases[] = {
    {"a_warm_up_is_followed_by_a_run", 1, 2.5, {}, RepetitionDecision::repeat},
    {"a_hopeless_warm_up_is_enough", 1, 30, {}, RepetitionDecision::cut},
    {"a_stalled_warm_up_may_be_an_accident", 1, 20, {}, RepetitionDecision::repeat},
    {"without_incumbent_nothing_is_cut", kNone, 1e4, {}, RepetitionDecision::repeat},
    {"a_stalled_run_may_be_an_accident", 1, 1.5, {4}, RepetitionDecision::repeat},
    {"a_run_slower_than_a_stall_explains", 1, 1.5, {22}, RepetitionDecision::cut},
    {"a_slow_run_after_a_slow_warm_up", 1, 4, {2}, RepetitionDecision::cut},
    {"two_slow_runs", 1, 1.5, {2, 1.4}, RepetitionDecision::cut},
    {"a_fast_run_after_a_stalled_one_saves_it", 1, 4, {3, 1.1}, RepetitionDecision::enough},
    {"less_than_a_millisecond_says_nothing", 0.01, 0.03, {0.02, 0.02}, RepetitionDecision::repeat},
    {"a_run_without_warm_up_may_be_cold", 1, 0, {2}, RepetitionDecision::repeat},
    {"one_good_run", 1, 2, {1}, RepetitionDecision::repeat},
    {"two_good_runs", 1, 2, {1, 1.2}, RepetitionDecision::enough},
    {"two_runs_of_a_microsecond", 1, 2, {0.001, 0.001}, RepetitionDecision::repeat},
    {"the_time_is_used_up", kNone, 20, {11}, RepetitionDecision::enough},
    {"the_runs_are_used_up", kNone, 0.01, std::vector<double>(20, 0.01), RepetitionDecision::enough},
};
INSTANTIATE_TEST_SUITE_P(All, Judge, testing::ValuesIn(kCases),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace tilewright::measure
