#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

TEST_F(Program, PrintsNothingButErrorsWhenQuiet) {
  write_file(path("small.onnx"), small_model().SerializeAsString());
  const std::string workload = "matmul:n=16,m=16,k=16";
  for (const std::string& command :
       {std::string("machine"), std::string("workloads"), std::string("check small.onnx"),
        std::string("tasks small.onnx"), "sketches " + workload, "sample " + workload,
        "tune " + workload + " --trials 2 --records r.jsonl", std::string("compile small.onnx -o small.tw"),
        std::string("run small.tw"), "bench " + workload + " --seconds 0", "explain " + workload,
        std::string("records ls r.jsonl"), std::string("doctor")}) {
    const Outcome outcome = run(command + " -q");
    EXPECT_EQ(outcome.code, 0) << command << ": " << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "") << command;
  }
  EXPECT_TRUE(run("check small.onnx -q --json").json().at("supported"));
  expect_failure(run("check nowhere.onnx -q"), 3, "nowhere.onnx");
}

}  // namespace
}  // namespace tilewright::cli
