#include "lab/results.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/file.h"

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

RoundTrace round_from_json(const json& j) {
  return {j.at("trials").get<int>(), j.at("measured").get<std::vector<int>>(),
          j.at("shares").get<std::vector<double>>(), j.at("attempts").get<std::vector<int>>(),
          j.at("better").get<std::vector<int>>()};
}

/// Times of winners, by variant, space and seed.
void judge(Results& results, const json& line) {
  const auto input = line.at("judged").get<std::string>();
  results.judged[input] = true;
  for (const json& entry : line.at("times"))
    for (Run& run : results.runs)
      if (run.key == RunKey{input, entry.at("space").get<std::string>(), entry.at("variant").get<std::string>(),
                            entry.at("seed").get<std::uint64_t>()})
        run.judged_s = entry.at("time_s").get<double>();
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
          {"split",
           {run.split.evolve_s, run.split.learn_s, run.split.compile_s, run.split.run_s, run.split.other_s}},
          {"curve", std::move(curve)},
          {"mutations", run.mutations},
          {"rounds", std::move(rounds)},
          {"steps", run.steps},
          {"best_sketch", run.best_sketch}};
}

Run run_from_json(const json& j) {
  Run run;
  run.key = {j.at("input").get<std::string>(), j.at("space").get<std::string>(), j.at("variant").get<std::string>(),
             j.at("seed").get<std::uint64_t>()};
  run.suite = j.at("suite").get<std::string>();
  run.cpu = j.at("cpu").get<std::string>();
  run.mode = j.at("mode").get<std::string>();
  run.threads = j.at("threads").get<int>();
  run.trials = j.at("trials").get<int>();
  run.wall_s = j.at("wall_s").get<double>();
  run.flops = j.at("flops").get<double>();
  run.default_s = j.at("default_s").get<double>();
  run.best_s = j.at("best_s").get<double>();
  const auto split = j.at("split").get<std::array<double, 5>>();
  run.split = {split[0], split[1], split[2], split[3], split[4]};
  for (const json& point : j.at("curve"))
    run.curve.push_back({point.at(0).get<int>(), point.at(1).get<double>(), point.at(2).get<double>()});
  run.mutations = j.at("mutations").get<std::vector<std::string>>();
  for (const json& round : j.at("rounds")) run.rounds.push_back(round_from_json(round));
  run.steps = j.at("steps");
  run.best_sketch = j.value("best_sketch", -1);
  return run;
}

bool Results::has(const RunKey& key) const {
  return std::any_of(runs.begin(), runs.end(), [&](const Run& run) { return run.key == key; });
}

Results read_results(const std::filesystem::path& path) {
  Results results;
  if (!std::filesystem::exists(path)) return results;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    try {
      const json parsed = json::parse(line);
      if (parsed.contains("judged"))
        judge(results, parsed);
      else if (Run run = run_from_json(parsed); !results.has(run.key))
        results.runs.push_back(std::move(run));
    } catch (const json::exception&) {
      ++results.torn;
    }
  }
  return results;
}

void append_line(const std::filesystem::path& path, const json& line) {
  bool torn = false;
  if (std::ifstream before(path, std::ios::binary | std::ios::ate); before && before.tellg() > 0) {
    before.seekg(-1, std::ios::end);
    torn = before.get() != '\n';
  }
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << (torn ? "\n" : "") + line.dump() + "\n";
  file.flush();
  if (!file) throw Error(Code::cannot_write, "{} can't be written", path.string());
}

}  // namespace tilewright::lab
