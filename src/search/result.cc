#include "search/result.h"

namespace tilewright::search {
namespace {

double weighted_sum(const std::vector<TaskResult>& tasks, double TaskResult::* time_s) {
  double sum = 0;
  for (const TaskResult& task : tasks) sum += task.count * task.*time_s;
  return sum;
}

}  // namespace

double TuneResult::total_best_s() const { return weighted_sum(tasks, &TaskResult::best_s); }
double TuneResult::total_default_s() const { return weighted_sum(tasks, &TaskResult::default_s); }

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
