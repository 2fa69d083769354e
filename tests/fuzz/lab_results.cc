// Result files of the lab: the reader, then the tables and the page that are made of what it read.
#include <nlohmann/json.hpp>

#include "lab/report.h"
#include "lab/statistics.h"
#include "memory_file.h"
#include "mutate_json.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

lab::Run run_of(const std::string& variant, std::uint64_t seed) {
  lab::Run run;
  run.key = {"matmul:n=8,m=8,k=8", "full", variant, seed};
  run.suite = "fuzz", run.cpu = "znver9", run.mode = "live", run.threads = 2, run.trials = 100;
  run.wall_s = 100, run.flops = 1e9, run.default_s = 4e-3, run.best_s = 2e-3;
  run.split = {10, 5, 40, 35, 10};
  run.curve = {{1, 1, 4e-3}, {50, 50, 2e-3}, {100, 100, 2e-3}};
  run.mutations = {"tile-size", "parallel"};
  run.best_sketch = 1;
  run.rounds = {{0, {12, 8}, {0.6, 0.4}, {30, 10}, {6, 1}}, {20, {10, 10}, {0.5, 0.5}, {3, 10}, {1, 1}}};
  run.steps = nlohmann::json::array({{"CI", 1}});
  return run;
}

}  // namespace

std::vector<std::string> seeds() {
  std::string text;
  for (const char* variant : {"baseline", "other"})
    for (const std::uint64_t seed : {1, 2}) text += lab::to_json(run_of(variant, seed)).dump() + "\n";
  text +=
      R"({"judged": "matmul:n=8,m=8,k=8", "times": [{"space": "full", "variant": "other", "seed": 1, "time_s": 0.002}]})";
  return {text + "\n"};
}

void test_one_input(std::string_view input) {
  const MemoryFile file(input);
  const lab::Results results = lab::in_judged_time(lab::read_results(file.path()));
  if (results.runs.empty()) return;
  TW_CHECK(!lab::to_markdown(results, "fuzz").empty());
  TW_CHECK(!lab::to_page(results).empty());
}

/// Damages one line.
void mutate_form(std::string& input, Rng& rng) {
  const std::size_t from = input.rfind('\n', static_cast<std::size_t>(rng.below(std::ssize(input) + 1)));
  const std::size_t begin = from == std::string::npos ? 0 : from + 1, end = input.find('\n', begin);
  std::string line = input.substr(begin, end - begin);
  mutate_json(line, rng);
  input.replace(begin, end == std::string::npos ? end : end - begin, line);
}

}  // namespace tilewright::fuzz
