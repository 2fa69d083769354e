#include <sstream>

#include "program.h"

namespace tilewright::cli {
namespace {

constexpr const char* kTvmLine =
    R"({"i": [["[\"matmul\", 8, 8, 8]", "llvm -keys=cpu", [2, 64, 64, 0, 0, 0, 0, 0], "", 1, []], [[], [["AN", 2, 0, 3]]]], "r": [[2e-06, 4e-06], 0, 0.3, 1795384215], "v": "v0.6"})";

TEST_F(Program, ListsARecordFileOfTvm) {
  write_file(path("tvm.json"), std::string(kTvmLine) + "\nnonsense\n");
  const nlohmann::json report = run("records ls tvm.json --json").json();
  EXPECT_EQ(report.at("records"), 1);
  EXPECT_EQ(report.at("skipped"), (nlohmann::json{{"not JSON", 1}}));
  const nlohmann::json& workload = report.at("workloads").at(0);
  EXPECT_EQ(workload.at("key"), R"(["matmul", 8, 8, 8])");
  EXPECT_EQ(workload.at("threads"), 2);
  EXPECT_DOUBLE_EQ(workload.at("best_s"), 2e-6);
}

TEST_F(Program, WritesRecordsThatItReadsAndRecordsThatTvmReads) {
  write_file(path("tvm.json"), std::string(kTvmLine) + "\n");
  EXPECT_EQ(run("records merge tvm.json tvm.json -o ours.jsonl --json").json().at("records"), 1);
  EXPECT_EQ(run("records prune ours.jsonl --keep 1 -o ours.jsonl").code, 0);
  EXPECT_EQ(run("records best ours.jsonl --json").json().at("records"), 1);
  EXPECT_EQ(run("records export ours.jsonl -o back.json").code, 0);
  EXPECT_TRUE(nlohmann::json::parse(read_file(path("ours.jsonl"))).contains("tw"));
  EXPECT_FALSE(nlohmann::json::parse(read_file(path("back.json"))).contains("tw"));
}

TEST_F(Program, TakesOverRecordsOfTvmForAWorkload) {
  const std::string of_c = R"([["SP", 2, 0, 1, [1, 1, 1], 1], ["SP", 2, 4, 8, [1, 2, 2], 1]])";
  std::string fits = kTvmLine, other_shape = kTvmLine, other_structure = kTvmLine;
  const std::string steps = R"([["AN", 2, 0, 3]])";
  fits.replace(fits.find(steps), steps.size(), of_c);
  other_shape.replace(other_shape.find(steps), steps.size(), R"([["SP", 2, 1, 16, [2], 1]])");
  other_structure.replace(other_structure.find(steps), steps.size(), R"([["CI", 4]])");
  write_file(path("tvm.json"), fits + "\n" + other_shape + "\n" + other_structure + "\n");
  const nlohmann::json report =
      run("records import tvm.json --workload matmul:b=1,n=8,m=8,k=8 -o ours.jsonl --json").json();
  EXPECT_EQ(report.at("records"), 1);
  EXPECT_EQ(report.at("skipped"),
            (nlohmann::json{{"the steps are of another shape", 1}, {"the steps do not fit the workload", 1}}));
  EXPECT_EQ(run("records ls ours.jsonl --json").json().at("workloads"), report.at("workloads"));
}

TEST_F(Program, KeepsWhatASearchAppendsWhileItRewritesTheFile) {
  const std::string tune = "tune matmul:n=16,m=16,k=16 --records r.jsonl --progress none --json ";
  const auto before = run(tune + "--trials 1").json().at("trials").get<int>();
  run(tune + fmt::format("--trials 30 > tune.json & for turn in 1 2 3 4 5 6 7 8 9 10 11 12; do "
                         "{0} records prune {1} --keep 1000000 -o {1} >{2} || touch {3}; done; wait",
                         TILEWRIGHT_PROGRAM, path("r.jsonl"), path("prune.txt"), path("failed")));
  const nlohmann::json report = nlohmann::json::parse(read_file(path("tune.json")));
  std::istringstream lines(read_file(path("r.jsonl")));
  int kept = 0;
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json record = nlohmann::json::parse(line);
    kept += record.at("r").at(1) == 0 && !record.at("tw").contains("contest");
  }
  EXPECT_EQ(kept, before + report.at("valid").get<int>());
  EXPECT_FALSE(std::filesystem::exists(path("failed")));
}

TEST_F(Program, RefusesRecordsThatItCannotUse) {
  write_file(path("tvm.json"), kTvmLine);
  expect_failure(run("records ls none.jsonl"), 3, "cannot read records from none.jsonl: no such file");
  expect_failure(run("records"), 2, "A subcommand is required");
  expect_failure(run("records export tvm.json -o out.json --workload-key matmul"), 2, "--workload-key matmul");
  expect_failure(run("records export tvm.json -o /dev/full"), 5, "/dev/full");
  expect_failure(run("records import tvm.json --workload matmul:n=0 -o out.json"), 3, "matmul:n=0");
  expect_failure(run("records prune tvm.json --keep 0 -o out.json"), 2, "--keep");
}

}  // namespace
}  // namespace tilewright::cli
