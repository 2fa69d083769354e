#include "cli/program.h"

namespace tilewright::cli {
namespace {

constexpr const char* kSuite =
    "trials 40\nseeds 2\nspaces full ansor\ninput matmul:n=64,m=64,k=64\nvariant baseline\n"
    "variant both sketch=q-learning mutation=learned trained=on\n";

class LabVerb : public Program {
 protected:
  void SetUp() override {
    write_file(path("small.txt"), kSuite);
    ASSERT_EQ(run("tune matmul:n=64,m=64,k=64 --trials 60 --records records.jsonl --progress none").code, 0);
  }
};

TEST_F(LabVerb, ReplaysASuiteTheSameHoweverOftenItIsInterruptedAndReportsIt) {
  ASSERT_EQ(run("lab run small.txt --replay records.jsonl -o one.jsonl").code, 0);
  const Outcome part = run("lab run small.txt --replay records.jsonl -o two.jsonl --max-runs 3 --json");
  EXPECT_EQ(part.code, 0) << part.err;
  EXPECT_EQ(part.json()["runs"], 3);
  EXPECT_EQ(part.json()["total"], 8);
  EXPECT_EQ(part.json()["complete"], false);
  const Outcome rest = run("lab run small.txt --replay records.jsonl -o two.jsonl --json");
  EXPECT_EQ(rest.json()["before"], 3);
  EXPECT_EQ(rest.json()["runs"], 5);
  EXPECT_EQ(rest.json()["complete"], true);
  EXPECT_EQ(read_file(path("one.jsonl")), read_file(path("two.jsonl")));

  const Outcome report = run("lab report one.jsonl --html page.html --markdown tables.md --json");
  ASSERT_EQ(report.code, 0) << report.err;
  EXPECT_EQ(report.json()["runs"], 8);
  EXPECT_EQ(report.json()["comparisons"].size(), 2u);
  EXPECT_NE(read_file(path("tables.md")).find("## Space ansor"), std::string::npos);
  EXPECT_NE(read_file(path("page.html")).find("</html>"), std::string::npos);
}

TEST_F(LabVerb, RefusesAnOutputOfAnotherSuiteAndTasksThatTheRecordsDoNotHold) {
  ASSERT_EQ(run("lab run small.txt --replay records.jsonl -o one.jsonl --max-runs 1").code, 0);
  write_file(path("small.txt"), std::string(kSuite) + "trials 50\n");
  expect_failure(run("lab run small.txt --replay records.jsonl -o one.jsonl"), 3, "give another --output");
  write_file(path("small.txt"), std::string(kSuite) + "input matmul:n=32,m=32,k=32\n");
  expect_failure(run("lab run small.txt --replay records.jsonl -o other.jsonl"), 3, "valid records to replay");
}

TEST_F(Program, NamesTheKnownSuitesWhenAskedForAnother) {
  expect_failure(run("lab run smoked"), 2,
                 "there are: demo, mission-ansor-full, mission-ansor, mission-models, mission-operators, "
                 "policies, smoke, training");
  expect_failure(run("lab report none.jsonl"), 2, "none.jsonl");
}

}  // namespace
}  // namespace tilewright::cli
