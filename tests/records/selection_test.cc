#include "records/selection.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "schedule/workloads.h"

namespace tilewright::records {
namespace {

/// Two lines as TVM 0.19 wrote them, of a 64x64x64 product with bias and relu.
constexpr const char* kTvmLines =
    R"({"i": [["[\"matmul_bias_relu\", 64, 64, 64]", "llvm -keys=cpu -mcpu=znver4 -num-cores=2", [2, 64, 64, 0, 0, 0, 0, 0], "", 1, []], [[], [["CI", 4], ["SP", 2, 0, 64, [1, 8, 2], 1], ["SP", 2, 4, 64, [1, 1, 16], 1], ["SP", 2, 8, 64, [1], 1], ["RE", 2, [0, 4, 1, 5, 8, 2, 6, 9, 3, 7]], ["FU", 2, [0, 1, 2, 3]], ["AN", 2, 0, 3], ["AN", 5, 0, 3], ["PR", 2, 0, "auto_unroll_max_step$64"], ["AN", 2, 6, 2]]]], "r": [[3.98386e-06, 3.99259e-06], 0, 0.311844, 1795384215], "v": "v0.6"}
{"i": [["[\"matmul_bias_relu\", 64, 64, 64]", "llvm -keys=cpu -mcpu=znver4 -num-cores=2", [2, 64, 64, 0, 0, 0, 0, 0], "", 1, []], [[], [["CI", 4], ["SP", 2, 0, 64, [8, 1, 2], 1], ["SP", 2, 4, 64, [1, 4, 8], 1], ["SP", 2, 8, 64, [32], 1], ["RE", 2, [0, 4, 1, 5, 8, 2, 6, 9, 3, 7]], ["FSP", 5, 0, 1, 1], ["FSP", 5, 2, 2, 1], ["RE", 5, [0, 2, 1, 3]], ["CA", 2, 5, 1], ["FU", 5, [0, 1]], ["AN", 5, 0, 3], ["PR", 2, 0, "auto_unroll_max_step$64"], ["AN", 2, 9, 2]]]], "r": [[6.68726e-06, 6.6924e-06], 0, 0.212317, 1795384216], "v": "v0.6"}
)";

class Records : public ::testing::Test {
 protected:
  Records() { std::filesystem::create_directories(folder_); }
  ~Records() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  Selection tvm() const { return read_selection(file("tvm.json", kTvmLines)); }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("tilewright_records_test_{}", ::getpid());
};

task::Task task_of(const te::DagRef& dag) { return task::make_task(dag, ""); }

using Skipped = std::map<std::string, int>;

TEST_F(Records, OfTvmGoToTheWorkloadThatTheyComputeWithTimesAndTargetKept) {
  const std::array tasks{task_of(workloads::matmul_bias_relu(64, 64, 64))};
  const Selection attached = attach(tvm(), tasks);
  ASSERT_EQ(attached.records.size(), 2U);
  EXPECT_TRUE(attached.skipped.empty());
  EXPECT_EQ(attached.records[1].workload_key, tasks[0].key);
  EXPECT_EQ(attached.records[1].target, "llvm -keys=cpu -mcpu=znver4 -num-cores=2");
  EXPECT_DOUBLE_EQ(attached.records[1].result.time_s(), 6.68726e-06);
}

TEST_F(Records, OfAnotherShapeOrStructureAreRefusedWithTheReason) {
  const Selection from = tvm();
  EXPECT_EQ(attach(from, std::array{task_of(workloads::matmul_bias_relu(64, 64, 128))}).skipped,
            (Skipped{{"the steps are of another shape", 2}}));
  EXPECT_EQ(attach(from, std::array{task_of(workloads::matmul(64, 64, 64))}).skipped,
            (Skipped{{"the steps do not fit the workload", 2}}));
  EXPECT_EQ(attach(from, {}).skipped, (Skipped{{"there is no workload to attach it to", 2}}));
}

TEST_F(Records, ThatPackConstantsAreNotForTvm) {
  Selection from = tvm();
  from.records[1].steps.push_back(schedule::CacheReadStep{1, schedule::kPackedScope, {2}});
  const Selection kept = without_packed_constants(from);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_EQ(kept.records[0].steps, from.records[0].steps);
  EXPECT_EQ(kept.skipped, (Skipped{{"packs constants at compile time, which TVM's steps can't say", 1}}));
}

TEST_F(Records, FindTheirWorkloadAmongSeveral) {
  const std::array tasks{task_of(workloads::matmul(64, 64, 64)), task_of(workloads::matmul_bias_relu(64, 64, 64))};
  const Selection attached = attach(tvm(), tasks);
  ASSERT_EQ(attached.records.size(), 2U);
  EXPECT_EQ(attached.records[0].workload_key, tasks[1].key);
}

TEST_F(Records, WithALengthNotChosenAreRefused) {
  Selection from = tvm();
  from.records.resize(1);
  std::get<schedule::SplitStep>(from.records[0].steps[3]).lengths = {schedule::kUnknown};
  EXPECT_EQ(attach(from, std::array{task_of(workloads::matmul_bias_relu(64, 64, 64))}).skipped,
            (Skipped{{"a length is not chosen", 1}}));
}

TEST_F(Records, ExportedAreTheLinesThatTvmWroteAndNothingMore) {
  const Selection attached = attach(tvm(), std::array{task_of(workloads::matmul_bias_relu(64, 64, 64))});
  write_file(path("out.json"), to_tvm_text(attached.records, R"(["matmul_bias_relu", 64, 64, 64])"));
  std::istringstream lines(read_file(path("out.json"))), originals(kTvmLines);
  int count = 0;
  for (std::string line, original; std::getline(lines, line); ++count) {
    std::getline(originals, original);
    const nlohmann::json ours = nlohmann::json::parse(line), theirs = nlohmann::json::parse(original);
    EXPECT_EQ(ours.size(), 3U) << "TVM refuses other keys than i, r and v";
    EXPECT_EQ(ours["i"][0][0], theirs["i"][0][0]);
    EXPECT_EQ(ours["i"][0][1], theirs["i"][0][1]);
    EXPECT_EQ(ours["i"][1], theirs["i"][1]);
    EXPECT_EQ(ours["r"][0], theirs["r"][0]);
    EXPECT_EQ(ours["v"], "v0.6");
  }
  EXPECT_EQ(count, 2);
}

TEST_F(Records, FastestKeepsSoManyOfEachGroupAndCountsTheRest) {
  Selection from = tvm();
  task::Record failed = from.records[0], elsewhere = from.records[1];
  failed.result.error = task::ErrorKind::run_timeout;
  failed.result.times_s.clear();
  elsewhere.threads = 1;
  from.records.push_back(failed);
  from.records.push_back(elsewhere);
  const Selection kept = fastest(from, 1);
  ASSERT_EQ(kept.records.size(), 2U);
  EXPECT_DOUBLE_EQ(kept.records[0].result.times_s[0], 3.98386e-06);
  EXPECT_EQ(kept.records[1].threads, 1);
  EXPECT_EQ(kept.skipped, (Skipped{{"failed when measured", 1}, {"slower than those kept", 1}}));
}

TEST_F(Records, GroupsListTheFastestFirstAndFailedOnesLast) {
  Selection from = tvm();
  from.records[0].result.error = task::ErrorKind::run_timeout;
  const std::vector<RecordGroup> groups = group(from.records);
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].members, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(groups[0].valid, 1);
}

TEST_F(Records, MergedFilesHoldEachStateOnceAsLastMeasured) {
  Selection later = tvm();
  later.records[0].unix_time += 1;
  later.records[0].result.times_s = {1.0};
  write_file(path("later.jsonl"), to_text(later.records));
  const Selection merged =
      merge(std::array{path("later.jsonl"), file("tvm.json", kTvmLines), file("torn.jsonl", "{\"i\"")});
  ASSERT_EQ(merged.records.size(), 2U);
  EXPECT_EQ(merged.records[0].result.times_s, std::vector<double>{1.0});
  EXPECT_EQ(merged.skipped, (Skipped{{"measured more than once", 2}, {"torn last line", 1}}));
}

TEST_F(Records, OfAFileThatIsNotThereAreAnError) {
  try {
    read_selection(path("none.jsonl"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    EXPECT_NE(std::string(error.what()).find("none.jsonl: no such file"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tilewright::records
