#include "cli/algorithm_arguments.h"

#include <fmt/ranges.h>

#include "cli/checks.h"
#include "cli/format.h"

namespace tilewright::cli {
namespace {

using compile::AlgorithmCandidate;
using compile::AlgorithmChoice;

nlohmann::json to_json(const AlgorithmCandidate& candidate) {
  const bool is_measured = candidate.algorithm != graph::Algorithm::direct;
  return {{"algorithm", graph::name_of(candidate.algorithm)},
          {"max_rel_error", is_measured ? nlohmann::json(candidate.error) : nlohmann::json(nullptr)},
          {"exact_enough", candidate.is_exact_enough},
          {"best_s", candidate.best_s ? nlohmann::json(*candidate.best_s) : nlohmann::json(nullptr)}};
}

/// "winograd4 1.23 ms, error 2.1e-06"
std::string to_text(const AlgorithmCandidate& candidate) {
  std::string text(graph::name_of(candidate.algorithm));
  if (candidate.best_s) text += " " + run_time(*candidate.best_s);
  if (candidate.algorithm == graph::Algorithm::direct) return text;
  return text + fmt::format("{} error {:.1e}{}", candidate.best_s ? "," : "", candidate.error,
                            candidate.is_exact_enough ? "" : " is too large");
}

}  // namespace

graph::AlgorithmOptions AlgorithmArguments::options() const { return {graph::parse_algorithms(algorithms), max_error}; }

void add_algorithm_arguments(CLI::App& command, AlgorithmArguments& arguments) {
  command
      .add_option("--algorithms", arguments.algorithms,
                  "how convolutions of a network may be computed: direct, winograd2, winograd4; the fastest is taken")
      ->type_name("LIST")
      ->capture_default_str();
  command
      .add_option("--max-error", arguments.max_error,
                  "largest error of an algorithm, relative to a layer's largest result, with which it is used")
      ->check(number_between(0, 1))
      ->capture_default_str();
}

nlohmann::json algorithms_to_json(const std::vector<AlgorithmChoice>& choices) {
  nlohmann::json rows = nlohmann::json::array();
  for (const AlgorithmChoice& choice : choices) {
    nlohmann::json candidates = nlohmann::json::array();
    for (const AlgorithmCandidate& candidate : choice.candidates) candidates.push_back(to_json(candidate));
    rows.push_back({{"workload", choice.task},
                    {"key", choice.key},
                    {"count", choice.count},
                    {"chosen", graph::name_of(choice.chosen)},
                    {"candidates", std::move(candidates)}});
  }
  return rows;
}

void print_algorithms(const std::vector<AlgorithmChoice>& choices) {
  for (const AlgorithmChoice& choice : choices) {
    std::vector<std::string> candidates;
    for (const AlgorithmCandidate& candidate : choice.candidates) candidates.push_back(to_text(candidate));
    fmt::print("{} by {} ({})\n", fitted(choice.task, 56), graph::name_of(choice.chosen), fmt::join(candidates, "; "));
  }
}

}  // namespace tilewright::cli
