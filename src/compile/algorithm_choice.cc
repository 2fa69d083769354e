#include "compile/algorithm_choice.h"

#include <algorithm>
#include <map>

namespace tilewright::compile {
namespace {

using graph::Algorithm;

/// The fastest, or the one that comes first while no time is known.
graph::Algorithm fastest(const std::vector<AlgorithmCandidate>& candidates) {
  const AlgorithmCandidate* best = nullptr;
  for (const AlgorithmCandidate& candidate : candidates) {
    if (!candidate.is_exact_enough) continue;
    const bool is_faster = best && candidate.best_s && (!best->best_s || *candidate.best_s < *best->best_s);
    const bool is_default =
        best && !best->best_s && !candidate.best_s && candidate.algorithm == graph::Algorithm::direct;
    if (!best || is_faster || is_default) best = &candidate;
  }
  return best ? best->algorithm : graph::Algorithm::direct;
}

}  // namespace

Algorithms::Algorithms(graph::Partition cut, const graph::AlgorithmOptions& options, int jobs)
    : cut_(std::move(cut)), options_(options), alternatives_(graph::alternatives(cut_, options, jobs)) {}

bool Algorithms::is_direct_allowed(std::size_t task) const {
  const auto& others = alternatives_[task];
  return std::ranges::find(options_.allowed, graph::Algorithm::direct) != options_.allowed.end() ||
         std::ranges::none_of(others, &graph::Alternative::is_exact_enough);
}

std::vector<task::Task> Algorithms::tasks() const {
  std::vector<task::Task> tasks;
  for (std::size_t t = 0; t < cut_.tasks.size(); ++t) {
    if (is_direct_allowed(t)) tasks.push_back(cut_.tasks[t]);
    for (const graph::Alternative& alternative : alternatives_[t])
      if (alternative.is_exact_enough) tasks.push_back(alternative.task);
  }
  return tasks;
}

std::vector<AlgorithmChoice> Algorithms::choose(const TimeOf& time_of) const {
  std::vector<AlgorithmChoice> choices;
  for (std::size_t t = 0; t < cut_.tasks.size(); ++t) {
    if (alternatives_[t].empty()) continue;
    const task::Task& task = cut_.tasks[t];
    AlgorithmChoice choice{task.description, task.key, task.count, graph::Algorithm::direct, {}};
    for (const graph::Algorithm algorithm : options_.allowed) {
      if (algorithm == graph::Algorithm::direct) choice.candidates.push_back({algorithm, 0, true, time_of(task)});
      for (const graph::Alternative& other : alternatives_[t])
        if (other.algorithm == algorithm)
          choice.candidates.push_back({algorithm, other.error, other.is_exact_enough,
                                       other.is_exact_enough ? time_of(other.task) : std::nullopt});
    }
    choice.chosen = fastest(choice.candidates);
    choices.push_back(std::move(choice));
  }
  return choices;
}

graph::Partition Algorithms::computed_by(const std::vector<AlgorithmChoice>& choices) const {
  std::map<std::string, graph::Algorithm> of_key;
  for (const AlgorithmChoice& choice : choices) of_key[choice.key] = choice.chosen;
  std::vector<graph::Algorithm> chosen;
  for (const task::Task& task : cut_.tasks) {
    const auto found = of_key.find(task.key);
    chosen.push_back(found == of_key.end() ? graph::Algorithm::direct : found->second);
  }
  return graph::with_chosen(cut_, chosen);
}

}  // namespace tilewright::compile
