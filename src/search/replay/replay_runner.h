#pragma once

#include <map>
#include <string>

#include "measure/runner/runner.h"
#include "search/replay/surrogate.h"

namespace tilewright::search {

/// Answers from record files instead of the machine, bit for bit the same every time, in microseconds (surrogate.h says
/// how, and how far it can be believed). Its clock stands still but for what compiling and running took when it was
/// recorded: the search's own work costs nothing here.
class ReplayRunner : public measure::Runner {
 public:
  /// `machine`: as the analytic model sees the one that measured. Errors: Error(bad_input) naming the first task with
  /// fewer than kFewest valid records.
  ReplayRunner(std::span<const task::Task> tasks, std::span<const task::Record> records, const cost::Machine& machine);

  std::unique_ptr<measure::Pending> submit(const task::Task& task, std::vector<backend::ScheduledProgram> programs,
                                           double incumbent_s) override;
  Split split() const override { return split_; }
  double clock_s() const override { return split_.compile_s + split_.run_s; }
  /// The clock back to 0, so that the next search is bit for bit what it would be with a new runner.
  void reset_clock() { split_ = {}; }
  const Surrogate& surrogate(const task::Task& task) const { return stand_ins_.at(task.key); }

  static constexpr int kFewest = 30;

 private:
  std::map<std::string, Surrogate> stand_ins_;  ///< by task key
  Split split_;
};

}  // namespace tilewright::search
