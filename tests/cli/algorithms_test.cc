#include <algorithm>

#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

class Algorithms : public Program {
 protected:
  Algorithms() { write_file(path("wide.onnx"), small_model(16, 24).SerializeAsString()); }

  /// Keys of the tasks that compete with `key`, or of those that compete with none.
  static std::vector<std::string> tasks_of(const nlohmann::json& report,
                                           const nlohmann::json& alternative_of = nullptr) {
    std::vector<std::string> keys;
    for (const nlohmann::json& task : report.at("tasks"))
      if (task.value("competes_with", nlohmann::json()) == alternative_of) keys.push_back(task.at("key"));
    return keys;
  }
};

TEST_F(Algorithms, AreListedWithTheTasksAndTheirErrors) {
  const nlohmann::json report = run("tasks wide.onnx --json").json();
  ASSERT_EQ(report.at("algorithms").size(), 1u);
  const nlohmann::json choice = report.at("algorithms")[0];
  EXPECT_EQ(choice.at("chosen"), "direct");
  const std::vector<std::string> direct = tasks_of(report);
  EXPECT_EQ(std::count(direct.begin(), direct.end(), choice.at("key")), 1);
  EXPECT_EQ(tasks_of(report, choice.at("key")).size(), 2u);
  ASSERT_EQ(choice.at("candidates").size(), 3u);
  EXPECT_TRUE(choice.at("candidates")[0].at("max_rel_error").is_null()) << "direct";
  for (int i : {1, 2}) {
    EXPECT_GT(choice.at("candidates")[i].at("max_rel_error"), 0);
    EXPECT_TRUE(choice.at("candidates")[i].at("exact_enough"));
  }
  const Outcome text = run("tasks wide.onnx");
  EXPECT_NE(text.out.find("2 other ways"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("winograd4 error"), std::string::npos) << text.out;
}

TEST_F(Algorithms, AreNoneForModelsWithoutSuchConvolutions) {
  write_file(path("small.onnx"), small_model().SerializeAsString());
  EXPECT_TRUE(run("tasks small.onnx --json").json().at("algorithms").empty());
}

TEST_F(Algorithms, CanBeRestricted) {
  const nlohmann::json all = run("tasks wide.onnx --json").json();
  for (const char* flag : {"--algorithms direct", "--max-error 0", "--algorithms direct,winograd4 --max-error 0"}) {
    const nlohmann::json report = run(fmt::format("tasks wide.onnx {} --json", flag)).json();
    EXPECT_EQ(report.at("tasks").size(), tasks_of(all).size()) << flag;
    EXPECT_EQ(tasks_of(report), tasks_of(all)) << flag;
  }
  const nlohmann::json only = run("tasks wide.onnx --algorithms winograd2 --json").json();
  EXPECT_EQ(tasks_of(only).size(), tasks_of(all).size() - 1);
  EXPECT_EQ(tasks_of(only, only.at("algorithms")[0].at("key")).size(), 1u);
  EXPECT_EQ(only.at("algorithms")[0].at("chosen"), "winograd2");
}

TEST_F(Algorithms, ComputeTheSame) {
  ASSERT_EQ(run("run wide.onnx --untuned --algorithms direct --seed 3 --output y.npz").code, 0);
  for (const char* algorithm : {"winograd2", "winograd4"}) {
    const Outcome compiled = run(fmt::format("compile wide.onnx -o w.tw --untuned --algorithms {} --json", algorithm));
    ASSERT_EQ(compiled.code, 0) << compiled.err;
    EXPECT_EQ(compiled.json().at("algorithms")[0].at("chosen"), algorithm);
    const Outcome outcome = run("run w.tw --seed 3 --expect y.npz --rtol 1e-4 --json");  // as --max-error allows
    EXPECT_EQ(outcome.code, 0) << outcome.err << outcome.out;
  }
}

TEST_F(Algorithms, AreTunedAndChosenByTheirRecords) {
  const Outcome tuned = run("tune wide.onnx --trials 12 --records r.jsonl --json");
  ASSERT_EQ(tuned.code, 0) << tuned.err;
  const nlohmann::json report = tuned.json();
  const nlohmann::json choice = report.at("algorithms").at(0);
  ASSERT_EQ(tasks_of(report, choice.at("key")).size(), 2u);
  const nlohmann::json* best = nullptr;
  for (const nlohmann::json& candidate : choice.at("candidates")) {
    ASSERT_TRUE(candidate.at("best_s").is_number()) << candidate;
    if (!best || candidate.at("best_s") < best->at("best_s")) best = &candidate;
  }
  EXPECT_EQ(choice.at("chosen"), best->at("algorithm"));
  const nlohmann::json compiled = run("compile wide.onnx -o w.tw --records r.jsonl --json").json();
  EXPECT_EQ(compiled.at("algorithms")[0].at("chosen"), choice.at("chosen"));
  EXPECT_EQ(compiled.at("tasks_default"), 0);
  const nlohmann::json direct = run("compile wide.onnx -o w.tw --records r.jsonl --algorithms direct --json").json();
  EXPECT_TRUE(direct.at("algorithms").empty());
  EXPECT_EQ(direct.at("tasks_default"), 0);
  const nlohmann::json explained = run("explain wide.onnx --records r.jsonl --json").json();
  EXPECT_EQ(explained.at("tasks").size(), compiled.at("tasks_tuned"));
}

TEST_F(Algorithms, ThatAreNotKnownAreRefused) {
  for (const char* verb : {"tasks wide.onnx", "tune wide.onnx --trials 1", "compile wide.onnx -o w.tw", "run wide.onnx",
                           "bench wide.onnx", "explain wide.onnx"}) {
    expect_failure(run(fmt::format("{} --algorithms fft", verb)), 2,
                   "'fft' is no algorithm; known are direct, winograd2, winograd4");
    expect_failure(run(fmt::format("{} --max-error -1", verb)), 2, "--max-error");
  }
}

}  // namespace
}  // namespace tilewright::cli
