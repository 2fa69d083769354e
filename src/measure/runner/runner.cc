#include "measure/runner/runner.h"

#include <utility>

namespace tilewright::measure {
namespace {

class OneByOne : public Pending {
 public:
  OneByOne(std::size_t programs, std::function<task::Measurement(std::size_t)> result_of)
      : programs_(programs), result_of_(std::move(result_of)) {}
  std::optional<Known> next(const Stop& stop) override {
    if (next_ == programs_ || (stop && stop())) return std::nullopt;
    const std::size_t program = next_++;
    return Known{program, result_of_(program)};
  }

 private:
  std::size_t programs_, next_ = 0;
  std::function<task::Measurement(std::size_t)> result_of_;
};

}  // namespace

std::unique_ptr<Pending> one_by_one(std::size_t programs, std::function<task::Measurement(std::size_t)> result_of) {
  return std::make_unique<OneByOne>(programs, std::move(result_of));
}

std::vector<task::Measurement> Runner::measure(const task::Task& task,
                                               std::span<const backend::ScheduledProgram> programs, double incumbent_s,
                                               const Done& done, const Stop& stop) {
  const std::unique_ptr<Pending> pending = submit(task, {programs.begin(), programs.end()}, incumbent_s);
  std::vector<task::Measurement> results(programs.size());
  std::size_t count = 0;
  while (auto known = pending->next(stop)) {
    task::Measurement& result = results[known->program] = std::move(known->result);
    ++count;
    if (done) done(known->program, result);
  }
  results.resize(count);
  return results;
}

}  // namespace tilewright::measure
