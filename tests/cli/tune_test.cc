#include <algorithm>
#include <sstream>

#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

class Tune : public Program {
 protected:
  Tune() { write_file(path("small.onnx"), small_model().SerializeAsString()); }
  int lines_of_records(bool of_contests = false) const {
    std::istringstream text(read_file(path("r.jsonl")));
    int count = 0;
    for (std::string line; std::getline(text, line);)
      count += (line.find("\"contest\"") != std::string::npos) == of_contests;
    return count;
  }
};

TEST_F(Tune, ReportsTheFieldsThatScriptsRelyOn) {
  const Outcome outcome = run("tune small.onnx --trials 6 --records r.jsonl --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const nlohmann::json report = outcome.json();
  for (const char* field : {"trials", "valid", "wall_s", "trials_per_s", "peak_rss", "latency_default_s", "latency_s"})
    EXPECT_TRUE(report.at(field).is_number()) << field;
  for (const char* field : {"evolve_s", "learn_s", "compile_s", "run_s", "other_s"})
    EXPECT_TRUE(report.at("split").at(field).is_number()) << field;
  EXPECT_TRUE(report.at("errors").is_object());
  for (const nlohmann::json& task : report.at("tasks")) {
    for (const char* field : {"trials", "best_s", "default_s", "gflops", "share_of_peak"})
      EXPECT_TRUE(task.at(field).is_number()) << field;
    EXPECT_LE(task.at("best_s"), task.at("default_s")) << "tuning ended slower than it began";
    EXPECT_EQ(task.at("curve").back().size(), 3u);
  }
  EXPECT_EQ(lines_of_records(), report.at("trials"));
  EXPECT_EQ(lines_of_records(/*of_contests=*/true), report.at("remeasured"));
  EXPECT_GE(report.at("remeasured"), 2);
  EXPECT_GE(report.at("machine_health").at("checks"), 1);
}

TEST_F(Tune, KeepsEveryRecordWhenKilledAndGoesOnWithTheSameBest) {
  for (const char* seconds : {"1.5", "2.2"}) {
    run("tune small.onnx --trials 1000000 --records r.jsonl --progress json",
        fmt::format("timeout --preserve-status -s KILL {}", seconds));
    std::istringstream events(read_file(path("stderr.txt")));
    int told = 0;
    for (std::string line; std::getline(events, line);) {
      const nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
      if (!event.is_discarded() && event.at("event") == "round") told = event.at("trials");
    }
    const int kept = lines_of_records();
    EXPECT_GE(kept, told) << "a record was lost";
    const std::string resume = fmt::format("tune small.onnx --trials {} --records r.jsonl --json", kept + 1);
    const nlohmann::json again = run(resume).json(), once_more = run(resume).json();
    EXPECT_GE(again.at("resumed"), told);
    EXPECT_LE(again.at("resumed"), kept) << "a torn line was taken for a record";
    EXPECT_EQ(once_more.at("trials"), 0);
    EXPECT_EQ(once_more.at("tasks")[0].at("best_s"), again.at("tasks")[0].at("best_s"));
  }
}

TEST_F(Tune, GoesOnWhereTheRecordsEnd) {
  ASSERT_EQ(run("tune small.onnx --trials 4 --records r.jsonl --json").code, 0);
  const Outcome again = run("tune small.onnx --trials 6 --records r.jsonl --json");
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.json().at("resumed"), 4);
  EXPECT_EQ(again.json().at("trials"), 2);
  EXPECT_EQ(lines_of_records(), 6);
}

TEST_F(Tune, SkipsTornAndAlienLinesAndKeepsThem) {
  const std::string alien = "# a comment\n{\"i\": 7}\nnot json at all\n{\"i\": [[\"";  // the last one is torn
  write_file(path("r.jsonl"), alien);
  const Outcome outcome = run("tune small.onnx --trials 3 --records r.jsonl --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("r.jsonl: skipped"), std::string::npos) << outcome.err;
  EXPECT_FALSE(outcome.json().at("skipped_lines").empty());
  EXPECT_TRUE(read_file(path("r.jsonl")).starts_with(alien));
}

TEST_F(Tune, IgnoresRecordsOfAnotherModel) {
  onnx::ModelProto other = small_model();
  other.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(2)
      ->set_dim_value(6);
  other.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  write_file(path("other.onnx"), other.SerializeAsString());
  ASSERT_EQ(run("tune other.onnx --trials 3 --records r.jsonl").code, 0);
  const Outcome outcome = run("tune small.onnx --trials 3 --records r.jsonl --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("resumed"), 0);
}

TEST_F(Tune, EndsInGoodOrderWhenInterruptedAndResumes) {
  // `timeout` sends its signal twice: to the program and to its group.
  const Outcome outcome =
      run("tune small.onnx --trials 1000000 --records r.jsonl --json", "timeout --preserve-status -s INT 4");
  ASSERT_EQ(outcome.code, 130) << outcome.err;
  const nlohmann::json report = outcome.json();
  EXPECT_EQ(lines_of_records(), report.at("trials"));
  EXPECT_GT(report.at("tasks")[0].at("best_s"), 0);
  const nlohmann::json again =
      run(fmt::format("tune small.onnx --trials {} --records r.jsonl --json", lines_of_records() + 1)).json();
  EXPECT_EQ(again.at("resumed"), report.at("trials"));
}

TEST_F(Tune, SaysWhyNothingCouldBeMeasured) {
  // Four gigabytes of output where three may be had.
  const Outcome outcome =
      run("tune matmul:n=32768,m=32768,k=1 --trials 3 --records r.jsonl --json", "ulimit -v 3000000;");
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_EQ(outcome.json().at("valid"), 0);
  EXPECT_NE(outcome.err.find("nothing valid could be measured: 3 "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("no memory for the task's arguments"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.json().at("tasks")[0].at("error_texts").size(), 1u);
}

TEST_F(Tune, IgnoresRecordsOfAnotherProcessorUnlessToldToUseThem) {
  ASSERT_EQ(run("tune small.onnx --trials 12 --records r.jsonl").code, 0);
  std::string text = read_file(path("r.jsonl"));
  const std::string key = "\"fingerprint\":\"";
  for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += key.size())
    text.insert(at + key.size(), "other-");
  write_file(path("foreign.jsonl"), text);
  write_file(path("again.jsonl"), text);
  const Outcome ignored = run("tune small.onnx --trials 4 --records foreign.jsonl --json");
  ASSERT_EQ(ignored.code, 0) << ignored.err;
  EXPECT_EQ(ignored.json().at("resumed"), 0);
  EXPECT_GE(ignored.json().at("ignored_records").at("measured on another machine"), 12);
  const Outcome used = run("tune small.onnx --trials 4 --records again.jsonl --foreign-records --json");
  ASSERT_EQ(used.code, 0) << used.err;
  EXPECT_GE(used.json().at("suggested"), 12);
  EXPECT_EQ(used.json().at("trials"), 4);
}

TEST_F(Tune, DoesNotAppendRecordsToTheModel) {
  const std::string before = read_file(path("small.onnx"));
  expect_failure(run("tune small.onnx --trials 3 --records ./small.onnx"), 2, "--records names the model itself");
  EXPECT_EQ(read_file(path("small.onnx")), before);
}

TEST_F(Tune, StopsWhenARecordCannotBeKept) {
  expect_failure(run("tune small.onnx --trials 3 --records /dev/full"), 5, "/dev/full");
  std::filesystem::create_directory(path("folder"));
  expect_failure(run("tune small.onnx --trials 3 --records folder"), 3, "folder: it is a directory");
}

TEST_F(Tune, RefusesAnUnknownPolicy) {
  expect_failure(run("tune small.onnx --sketch-policy psychic"), 2, "psychic");
  expect_failure(run("tune small.onnx --mutation-policy psychic"), 2, "psychic");
  expect_failure(run("tune small.onnx --cost-model psychic"), 2, "psychic");
}

TEST_F(Tune, ShowsProgressAsJsonLines) {
  const Outcome outcome = run("tune small.onnx --trials 4 --progress json --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream lines(outcome.err);
  int rounds = 0;
  for (std::string line; std::getline(lines, line);) rounds += nlohmann::json::parse(line).at("event") == "round";
  EXPECT_GT(rounds, 0) << outcome.err;
}

TEST_F(Tune, IsSilentWhenToldTo) {
  EXPECT_EQ(run("tune small.onnx --trials 3 -q --json").err, "");
  EXPECT_EQ(run("tune small.onnx --trials 5 --progress none --json").err, "");
}

TEST_F(Tune, OfANetworkThatComputesNothingSaysSo) {
  onnx::ModelProto model = small_model();
  onnx::GraphProto* const graph = model.mutable_graph();
  graph->clear_node();
  graph->clear_initializer();
  onnx::NodeProto* const node = graph->add_node();
  node->set_op_type("Identity");
  node->add_input("image");
  node->add_output("y");
  graph->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  write_file(path("same.onnx"), model.SerializeAsString());
  const Outcome outcome = run("tune same.onnx --trials 1 --records r.jsonl");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "same.onnx: there is nothing to tune: no operator of it is computed when it runs\n");
  EXPECT_FALSE(std::filesystem::exists(path("r.jsonl")));
  const Outcome json = run("tune same.onnx --trials 1 --records r.jsonl --json");
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_TRUE(json.json().at("tasks").empty());
}

TEST_F(Tune, WithoutTimeForOneDefaultScheduleSaysSo) {
  const Outcome outcome = run("tune small.onnx --budget 0.01s --records r.jsonl");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_NE(
      outcome.err.find("the time budget ended before the first default schedule was measured; give more --budget"),
      std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace tilewright::cli
