#include "program.h"

namespace tilewright::cli {
namespace {

TEST_F(Program, DescribesTheMachineInTheFieldsThatScriptsRelyOn) {
  const nlohmann::json machine = run("machine --json").json();
  for (const char* field : {"cores", "l1d_bytes", "l2_bytes", "l3_bytes", "peak_gflops", "peak_gflops_1", "memory_gbs"})
    EXPECT_TRUE(machine.at(field).is_number()) << field;
  EXPECT_TRUE(machine.at("cpu").is_string());
  EXPECT_TRUE(machine.at("features").is_array());
  EXPECT_GT(machine.at("peak_gflops"), 0);
}

TEST_F(Program, FindsNoProblemInItsOwnInstallation) {
  const Outcome outcome = run("doctor --json");
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_TRUE(outcome.json().at("ok"));
  EXPECT_TRUE(outcome.json().at("findings").is_array());
}

TEST_F(Program, ReportsThatStandardOutputIsFull) {
  const Outcome outcome = run("machine >/dev/full");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_NE(outcome.err.find("cannot write to standard output: No space left on device"), std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace tilewright::cli
