#include "lab/results.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/json_text.h"
#include "base/line_reader.h"

namespace tilewright::lab {
namespace {

using nlohmann::json;
using search::CurvePoint;
using search::RoundTrace;

json to_json(const RoundTrace& round) {
  json shares = json::array();
  for (double share : round.shares) shares.push_back(std::round(share * 1000) / 1000);
  return {{"trials", round.trials},
          {"measured", round.measured},
          {"shares", std::move(shares)},
          {"attempts", round.attempts},
          {"better", round.better}};
}

constexpr std::size_t kMostRunBytes = std::size_t{64} << 20;  ///< thousands of rounds
constexpr int kMostCount = std::numeric_limits<int>::max();
constexpr double kMostSum = 1e300, kLeastTime_s = 1e-12, kMostTime_s = 1e10;

RoundTrace round_from_json(const json& j) {
  return {static_cast<int>(whole_number(j, "trials", 0, kMostCount)), whole_numbers(j, "measured", 0, kMostCount),
          j.at("shares").get<std::vector<double>>(), whole_numbers(j, "attempts", 0, kMostCount),
          whole_numbers(j, "better", 0, kMostCount)};
}

CurvePoint point_from_json(const json& j) {
  if (!j.is_array() || j.size() != 3 || !is_whole(j[0], 0, kMostCount) || !is_real(j[1], 0, kMostSum) ||
      !is_real(j[2], kLeastTime_s, kMostTime_s))
    throw Error(Code::bad_input, "curve has a point that is not [trial, wall time, best time]");
  return {j[0].get<int>(), j[1].get<double>(), j[2].get<double>()};
}

RunKey key_from_json(const std::string& input, const json& j) {
  return {input, j.at("space").get<std::string>(), j.at("variant").get<std::string>(),
          static_cast<std::uint64_t>(whole_number(j, "seed", 0, std::numeric_limits<std::int64_t>::max()))};
}

/// Times of winners, by variant, space and seed.
void judge(Results& results, const json& line) {
  const auto input = line.at("judged").get<std::string>();
  std::map<RunKey, double> times;
  for (const json& entry : line.at("times"))
    times[key_from_json(input, entry)] = real_number(entry, "time_s", kLeastTime_s, kMostTime_s);
  results.judged[input] = true;
  for (Run& run : results.runs)
    if (const auto time = times.find(run.key); time != times.end()) run.judged_s = time->second;
}

void read_line(Results& results, const LineReader::Line& line) {
  if (line.text.empty()) return;
  const Result<json> parsed = parse_json(line.text);
  if (!parsed || line.too_long) {
    ++results.torn;
    return;
  }
  try {
    if (parsed->contains("judged"))
      judge(results, *parsed);
    else if (Run run = run_from_json(*parsed); !results.has(run.key))
      results.runs.push_back(std::move(run));
  } catch (const json::exception&) {
    ++results.torn;
  } catch (const Error&) {
    ++results.torn;
  }
}

bool is_result(std::string_view line) {
  const Result<json> parsed = parse_json(line);
  return parsed && parsed->is_object() &&
         (parsed->contains("judged") || (parsed->contains("variant") && parsed->contains("best_s")));
}

}  // namespace

json to_json(const Run& run) {
  json curve = json::array(), rounds = json::array();
  for (const CurvePoint& point : run.curve) curve.push_back({point.trial, point.wall_s, point.best_s});
  for (const RoundTrace& round : run.rounds) rounds.push_back(to_json(round));
  return {{"input", run.key.input},
          {"space", run.key.space},
          {"variant", run.key.variant},
          {"seed", run.key.seed},
          {"suite", run.suite},
          {"cpu", run.cpu},
          {"mode", run.mode},
          {"threads", run.threads},
          {"trials", run.trials},
          {"wall_s", run.wall_s},
          {"flops", run.flops},
          {"default_s", run.default_s},
          {"best_s", run.best_s},
          {"split", {run.split.evolve_s, run.split.learn_s, run.split.compile_s, run.split.run_s, run.split.other_s}},
          {"curve", std::move(curve)},
          {"mutations", run.mutations},
          {"rounds", std::move(rounds)},
          {"steps", run.steps},
          {"best_sketch", run.best_sketch}};
}

Run run_from_json(const json& j) {
  Run run;
  run.key = key_from_json(j.at("input").get<std::string>(), j);
  run.suite = j.at("suite").get<std::string>();
  run.cpu = j.at("cpu").get<std::string>();
  run.mode = j.at("mode").get<std::string>();
  run.threads = static_cast<int>(whole_number(j, "threads", 1, kMostCount));
  run.trials = static_cast<int>(whole_number(j, "trials", 0, kMostCount));
  run.wall_s = real_number(j, "wall_s", 0, kMostSum);
  run.flops = real_number(j, "flops", 0, kMostSum);
  run.default_s = real_number(j, "default_s", kLeastTime_s, kMostTime_s);
  run.best_s = real_number(j, "best_s", kLeastTime_s, kMostTime_s);
  const std::vector<double> split = real_numbers(j, "split", 5, -kMostSum, kMostSum);
  run.split = {split[0], split[1], split[2], split[3], split[4]};
  for (const json& point : j.at("curve")) run.curve.push_back(point_from_json(point));
  run.mutations = j.at("mutations").get<std::vector<std::string>>();
  for (const json& round : j.at("rounds")) run.rounds.push_back(round_from_json(round));
  run.steps = j.at("steps");
  if (j.contains("best_sketch")) run.best_sketch = static_cast<int>(whole_number(j, "best_sketch", -1, kMostCount));
  for (const RoundTrace& round : run.rounds)
    if (run.best_sketch >= std::ssize(round.measured))
      throw Error(Code::bad_input, "best_sketch is none of those that were measured");
  return run;
}

bool Results::has(const RunKey& key) const {
  return std::any_of(runs.begin(), runs.end(), [&](const Run& run) { return run.key == key; });
}

Results read_results(const std::filesystem::path& path) {
  Results results;
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return results;
  const auto fail = [&](const std::string& why) {
    throw Error(Code::bad_input, "cannot read {}: {}", path.string(), why);
  };
  Result<InputFile> file = open_input(path);
  if (!file) fail(file.message());
  LineReader lines(std::move(*file), kMostRunBytes);
  for (LineReader::Line line;;) {
    const Result<bool> more = lines.next(line);
    if (!more) fail(more.message());
    if (!*more) return results;
    read_line(results, line);
  }
}

AppendFile open_results(const std::filesystem::path& path, Patience patience) {
  static constexpr AppendFile::Lines kResults{"results", "--output", R"({"best_s":)", is_result};
  return AppendFile(path, kResults, std::move(patience));
}

}  // namespace tilewright::lab
