// What surrounds the program: variables that are not set, and limits of the system.
#include <algorithm>

#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

const std::string kWorkload = "matmul:n=16,m=16,k=16";

/// Runs a program under a limit of the shell.
std::string limited(const std::string& limit) {
  return "timeout 120 sh -c 'ulimit " + limit + " && exec \"$0\" \"$@\"'";
}

class Homeless : public Program {
 protected:
  Outcome run_homeless(const std::string& arguments) const { return run(arguments, "env -u HOME -u XDG_DATA_HOME"); }
};

TEST_F(Homeless, RunsWhatNeedsNoRecords) {
  write_file(path("small.onnx"), small_model().SerializeAsString());
  for (const std::string& command : {std::string("compile small.onnx -o small.tw"), std::string("run small.tw"),
                                     std::string("run small.onnx"), "bench " + kWorkload + " --seconds 0",
                                     "explain " + kWorkload, "tune " + kWorkload + " --trials 1 --records r.jsonl"}) {
    const Outcome outcome = run_homeless(command);
    EXPECT_EQ(outcome.code, 0) << command << ": " << outcome.err;
  }
}

TEST_F(Homeless, IsToldWhereRecordsCouldGoWhenItTunes) {
  const Outcome outcome = run_homeless("tune " + kWorkload + " --trials 1");
  expect_failure(outcome, 2, "no place for records: set HOME or XDG_DATA_HOME, or name a file with --records");
}

TEST_F(Homeless, IsToldSoByTheDoctor) {
  const nlohmann::json findings = run_homeless("doctor --json").json().at("findings");
  const auto records = std::ranges::find(findings, "records", [](const auto& f) { return f.at("check"); });
  ASSERT_NE(records, findings.end());
  EXPECT_EQ(records->at("severity"), "warning");
}

class Limited : public Program {};

TEST_F(Limited, ToFewFilesSaysThatNothingCanBeMeasured) {
  const Outcome outcome = run("tune " + kWorkload + " --trials 1 --records r.jsonl --progress none", limited("-n 6"));
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_NE(outcome.err.find("cannot start a worker"), std::string::npos) << outcome.err;
}

TEST_F(Limited, ToALoneProgramSaysWhereTheWorkerShouldBe) {
  std::filesystem::create_directory(path("alone"));
  std::filesystem::copy_file(TILEWRIGHT_PROGRAM, path("alone/tilewright"));
  const Outcome outcome = run("tune " + kWorkload + " --trials 1 --records r.jsonl --progress none",
                              "sh -c 'exec alone/tilewright \"$@\"'");  // "$0" is the program that is not run
  expect_failure(outcome, 4, "the worker program that runs candidates was found neither at");
}

TEST_F(Limited, ToFewCoresEndsWithAThousandThreads) {
  for (const std::string& command : {"bench " + kWorkload + " --seconds 0", std::string("machine"),
                                     "tune " + kWorkload + " --trials 2 --records r.jsonl"}) {
    const Outcome outcome = run(command + " --threads 1000", "timeout 300");
    EXPECT_EQ(outcome.code, 0) << command << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace tilewright::cli
