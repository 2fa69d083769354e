#include "search/tuner/result.h"

#include <algorithm>

namespace tilewright::search {
namespace {

/// Sum of count times what `better` leaves of the times of tasks that compete.
template <class Better>
double weighted_sum(const std::vector<TaskResult>& tasks, double TaskResult::* time_s, const Better& better) {
  const std::vector<std::size_t> first = first_competitors(tasks);
  std::vector<double> times;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    times.push_back(tasks[i].*time_s);
    times[first[i]] = better(times[first[i]], times[i]);
  }
  double sum = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    if (first[i] == i) sum += tasks[i].count * times[i];
  return sum;
}

}  // namespace

std::vector<std::size_t> first_competitors(const std::vector<TaskResult>& tasks) {
  std::map<std::string, std::size_t> first;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::string& key = tasks[i].alternative_of.empty() ? tasks[i].workload_key : tasks[i].alternative_of;
    positions.push_back(first.try_emplace(key, i).first->second);
  }
  return positions;
}

double TuneResult::total_best_s() const {
  return weighted_sum(tasks, &TaskResult::best_s, [](double a, double b) { return std::min(a, b); });
}
double TuneResult::total_default_s() const {
  return weighted_sum(tasks, &TaskResult::default_s, [](double first, double) { return first; });
}

std::string_view to_text(Ending ending) {
  switch (ending) {
    case Ending::trials:
      return "all trials used";
    case Ending::budget:
      return "time budget used";
    case Ending::target:
      return "share of peak reached";
    case Ending::gain:
      return "no more gain to expect";
    case Ending::exhausted:
      return "every schedule that could be found was measured";
    case Ending::stopped:
      return "stopped";
  }
  return "";
}

}  // namespace tilewright::search
