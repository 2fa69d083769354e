#include "compile/schedules.h"

#include <gtest/gtest.h>

#include "records/records.h"
#include "support/matmul.h"
#include "support/temporary_folder.h"
#include "target/processors.h"

namespace tilewright::compile {
namespace {

using schedule::SplitStep;

class SchedulesTest : public ::testing::Test {
 protected:
  /// The steps took so long.
  void record(const std::vector<schedule::Step>& steps, double time_s, const target::TargetSpec& target, int threads) {
    task::Record record;
    record.workload_key = task_.key;
    record.target = target.fingerprint(), record.threads = threads;
    record.steps = steps;
    record.result.times_s = {time_s};
    records::RecordWriter(folder_ / "records.jsonl").append(record);
  }
  ChosenSchedule chosen() const {
    return Schedules({.records = folder_ / "records.jsonl"}, target_, kThreads).choose(task_);
  }

  static constexpr int kThreads = 2;
  TemporaryFolder folder_;
  target::TargetSpec target_ = *target::parse_target("x86-64-v3");
  task::Task task_ = task::make_task(support::matmul(32, 48, 16), "matmul");
  std::vector<schedule::Step> tiled_{SplitStep{2, 0, 32, {4}}}, other_{SplitStep{2, 0, 32, {8}}};
};

TEST_F(SchedulesTest, AreTheBestRecordsOfTheTargetAndItsThreads) {
  record(other_, 3e-6, target_, kThreads);
  record(tiled_, 2e-6, target_, kThreads);
  record(other_, 1e-6, target_, kThreads + 1);
  record(other_, 1e-6, *target::parse_target("x86-64-v4"), kThreads);
  EXPECT_EQ(chosen().state.steps(), tiled_);
  EXPECT_EQ(chosen().time_s, 2e-6);
}

TEST_F(SchedulesTest, AreDefaultOnesWithoutATimeWhereNoRecordFits) {
  const ChosenSchedule by_default = chosen();
  EXPECT_FALSE(by_default.time_s);
  EXPECT_GT(by_default.state.num_steps(), 1);
  record({SplitStep{7, 0, 32, {4}}}, 1e-6, target_, kThreads);  // of another DAG
  EXPECT_FALSE(chosen().time_s);
  EXPECT_EQ(chosen().state.steps(), by_default.state.steps());
}

TEST_F(SchedulesTest, OfANetworkAreThoseOfItsTasks) {
  record(tiled_, 2e-6, target_, kThreads);
  const Schedules schedules({.records = folder_ / "records.jsonl"}, target_, kThreads);
  const ScheduledNetwork network = schedules.choose(Algorithms(graph::single_task(task_.dag, "matmul"), {}, 1));
  ASSERT_EQ(network.partition.tasks.size(), 1u);
  EXPECT_EQ(network.of(network.partition.tasks[0]).state.steps(), tiled_);
  EXPECT_EQ(network.of(network.partition.tasks[0]).time_s, 2e-6);
}

}  // namespace
}  // namespace tilewright::compile
