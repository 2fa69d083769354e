#include "lab/report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "lab/judge.h"
#include "lab/statistics.h"

namespace tilewright::lab {
namespace {

/// A run whose best time halves at trial `when` (one trial a second) from 4 ms to 2 ms, times `factor`.
Run made_up(const std::string& variant, std::uint64_t seed, int when, double factor = 1) {
  Run run;
  run.key = {"an </script> input", "full", variant, seed};
  run.suite = "made-up", run.cpu = "znver9", run.mode = "live", run.threads = 2, run.trials = 100;
  run.wall_s = 100, run.flops = 1e9, run.default_s = 4e-3, run.best_s = 2e-3 * factor;
  run.split = {10, 5, 40, 35, 10};
  run.curve = {{1, 1, 4e-3}, {when, static_cast<double>(when), run.best_s}, {100, 100, run.best_s}};
  run.mutations = {"tile-size", "parallel"};
  run.best_sketch = 0;
  for (int r = 0; r < 5; ++r) run.rounds.push_back({20 * r, {12, 8 - r}, {0.6, 0.4}, {30, 10}, {6, 1}});
  return run;
}

/// The variant gets there in half of the time.
Results made_up_results() {
  Results results;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    results.runs.push_back(made_up("baseline", seed, 60 + static_cast<int>(seed)));
    results.runs.push_back(made_up("quick", seed, 30 + static_cast<int>(seed)));
    results.runs.push_back(made_up("poor", seed, 60, 1.25));
  }
  return results;
}

TEST(Statistics, ComparesTimeAndQualityWithIntervals) {
  const Results results = made_up_results();
  const Comparison quick = compare(results.runs, "full", "baseline", "quick");
  EXPECT_EQ(quick.runs, 5);
  EXPECT_EQ(quick.reached, 5);
  EXPECT_EQ(quick.baseline_reached, 5);
  EXPECT_NEAR(quick.time.value, 33.0 / 63, 0.01);
  EXPECT_TRUE(quick.time.below(1));
  EXPECT_LE(quick.time.low, quick.time.value);
  EXPECT_GE(quick.time.high, quick.time.value);
  EXPECT_NEAR(quick.trials.value, quick.time.value, 1e-9);
  EXPECT_DOUBLE_EQ(quick.speed.value, 1);
  EXPECT_NEAR(quick.area.value, std::exp2(0.30), 0.01);  // 2 x as fast for 30 of 100 trials
  EXPECT_TRUE(quick.area.above(1));

  const Comparison poor = compare(results.runs, "full", "baseline", "poor");
  EXPECT_EQ(poor.reached, 0);
  EXPECT_NEAR(poor.time.value, 100.0 / 63, 0.01);  // all that it had
  EXPECT_NEAR(poor.speed.value, 0.8, 1e-9);
  EXPECT_TRUE(poor.speed.below(1));
}

TEST(Statistics, JudgedTimesCountOnlyIfAllRunsHaveThem) {
  Results results = made_up_results();
  for (lab::Run& run : results.runs)
    if (run.key.variant == "quick") run.judged_s = run.best_s / 2;
  EXPECT_DOUBLE_EQ(compare(in_judged_time(results).runs, "full", "baseline", "quick").speed.value, 1);
  for (lab::Run& run : results.runs)
    if (run.key.variant != "quick") run.judged_s = run.best_s;
  const Results judged = in_judged_time(results);
  const Comparison quick = compare(judged.runs, "full", "baseline", "quick");
  EXPECT_DOUBLE_EQ(quick.speed.value, 2);
  EXPECT_GT(quick.area.value, 2 * compare(results.runs, "full", "baseline", "quick").area.value * 0.999);
  for (const lab::Run& run : judged.runs) EXPECT_DOUBLE_EQ(run.curve.back().best_s, run.best_s);
}

TEST(Statistics, AnIntervalOfUnlikeSeedsHoldsOneWhenTheMeansAgree) {
  Results results;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    results.runs.push_back(made_up("baseline", seed, seed % 2 == 0 ? 20 : 80));
    results.runs.push_back(made_up("same", seed, seed % 2 == 0 ? 80 : 20));
  }
  const Interval time = compare(results.runs, "full", "baseline", "same").time;
  EXPECT_FALSE(time.below(1));
  EXPECT_FALSE(time.above(1));
}

TEST(Report, TablesNameWinsAndLossesAndNoise) {
  Results results = made_up_results();
  std::string text = to_markdown(results, "tilewright lab report x");
  EXPECT_NE(text.find("`quick`, full: better in time, trials, on the way"), std::string::npos) << text;
  EXPECT_NE(text.find("`poor`, full: worse in time, trials, speed, on the way"), std::string::npos) << text;
  EXPECT_NE(text.find("| quick | full | 100.00 s | 10.0 % | 5.0 % | 40.0 % | 35.0 % | 10.0 % | 17.5 % | 66.7 % |"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("noisy"), std::string::npos);
  results.runs[3].default_s = 7e-3;
  EXPECT_NE(to_markdown(results, "").find("The machine was noisy"), std::string::npos);
}

TEST(Results, SurviveTheFileAndATornLine) {
  const std::string path = std::filesystem::temp_directory_path() / fmt::format("lab_results_{}", ::getpid());
  const lab::Run run = made_up("baseline", 3, 50);
  AppendFile output = open_results(path, {});
  const nlohmann::json judged = {
      {"judged", run.key.input},
      {"times", {{{"space", "full"}, {"variant", "baseline"}, {"seed", 3}, {"time_s", 1.5e-3}}}}};
  output.append(to_json(run).dump());
  output.append(judged.dump());
  std::string torn = read_file(path) + "{\"input\": \"an";
  write_file(path, torn);
  output.append(to_json(made_up("baseline", 4, 50)).dump());
  const Results results = read_results(path);
  std::filesystem::remove(path);
  ASSERT_EQ(results.runs.size(), 2u);
  EXPECT_EQ(results.torn, 1);
  EXPECT_EQ(to_json(results.runs[0]), to_json(run));
  EXPECT_EQ(results.runs[0].judged_s, 1.5e-3);
  EXPECT_TRUE(results.has(run.key));
  EXPECT_TRUE(results.judged.contains(run.key.input));
}

TEST(Results, PassOverWhatIsNone) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("lab_alien_{}", ::getpid());
  const nlohmann::json good = to_json(made_up("baseline", 1, 50));
  write_file(path, good.dump() + "\n");
  int aliens = 0;
  const auto add = [&](const std::string& line) {
    write_file(path, read_file(path) + line + "\n");
    ++aliens;
  };
  const std::vector<std::pair<const char*, nlohmann::json>> misfits{
      {"/seed", -1},       {"/threads", 4294967297},      {"/trials", 1e300},
      {"/best_s", 0},      {"/default_s", nullptr},       {"/wall_s", "long"},
      {"/split", {1, 2}},  {"/curve/0", {1, 2}},          {"/curve/0/2", 0},
      {"/best_sketch", 2}, {"/rounds/0/measured", {1e10}}};
  for (const auto& [place, value] : misfits) {
    nlohmann::json changed = good;
    changed["seed"] = 2;
    changed[nlohmann::json::json_pointer(place)] = value;
    add(changed.dump());
  }
  add("[]");
  add("{\"input\": \"\xff\"}");
  add("{\"steps\": " + std::string(1000000, '[') + std::string(1000000, ']') + "}");
  add("{\"judged\": \"a\", \"times\": [{\"space\": \"full\", \"variant\": \"x\", \"seed\": 1, \"time_s\": -1}]}");
  const Results results = read_results(path);
  std::filesystem::remove(path);
  EXPECT_EQ(results.runs.size(), 1u);
  EXPECT_EQ(results.torn, aliens);
  EXPECT_TRUE(results.judged.empty());
}

TEST(Results, WhoseSchedulesFitNoProgramCannotBeJudged) {
  lab::Run run = made_up("baseline", 1, 50);
  for (const char* steps : {"[[\"SP\"]]", "[[\"CI\", 77]]", "{\"another task\": []}", "7"}) {
    run.steps = nlohmann::json::parse(steps);
    try {
      judge_runs("matmul:n=16,m=16,k=16", {&run}, 1);
      ADD_FAILURE() << "judged " << steps;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::bad_input);
      EXPECT_NE(std::string(error.what()).find("the result file has a schedule for"), std::string::npos);
    }
  }
}

TEST(Page, DrawsItsCurvesInABrowserWithoutErrors) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) GTEST_SKIP() << "chromium is not installed";
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("lab_page_{}", ::getpid());
  std::filesystem::create_directories(folder);
  write_file(folder / "page.html", to_page(made_up_results()));
  const std::string command = fmt::format(
      "cd {0} && timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir={0}/profile "
      "--enable-logging=stderr --dump-dom file://{0}/page.html > dom.html 2> log.txt",
      folder.string());
  ASSERT_EQ(std::system(command.c_str()), 0) << read_file(folder / "log.txt");
  const std::string dom = read_file(folder / "dom.html"), log = read_file(folder / "log.txt");
  std::filesystem::remove_all(folder);
  const auto count = [&](const std::string& what) {
    int n = 0;
    for (std::size_t at = 0; (at = dom.find(what, at)) != std::string::npos; ++at) ++n;
    return n;
  };
  EXPECT_EQ(count("data-errors=\"0\""), 1);
  EXPECT_EQ(log.find("CONSOLE"), std::string::npos) << log;
  EXPECT_EQ(count("class=\"curve\""), 2 * 3);  // against trials and time, three variants
  EXPECT_EQ(count("class=\"band\""), 2 * 3);
  EXPECT_EQ(count("class=\"sketch\""), 3 * 2);
  EXPECT_EQ(count("class=\"move\""), 3 * 2);
  EXPECT_EQ(count("class=\"split\""), 3 * 5);
  EXPECT_EQ(count("NaN"), 0);
}

}  // namespace
}  // namespace tilewright::lab
