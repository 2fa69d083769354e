#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "backend/cpu/backend.h"
#include "cost/analytic/analytic_model.h"
#include "loop/lower.h"
#include "measure/runner/runner.h"
#include "te/tensor.h"

namespace tilewright::search {

/// C[n, m] = A[n, k] * B[k, m], as a task.
inline task::Task matmul_task(std::int64_t n, std::int64_t m, std::int64_t k, int count = 1) {
  const te::Tensor a = te::placeholder({n, k}, "A"), b = te::placeholder({k, m}, "B");
  const te::AxisRef r = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute(
      {n, m}, "C", [&](std::span<const te::Expr> i) { return te::sum(a(i[0], r) * b(r, i[1]), {r}); }, {"i", "j"});
  return task::make_task(te::Dag::make({a, b, c}), fmt::format("matmul {}x{}x{}", n, m, k), count);
}

/// Seconds that a state takes; nothing: it fails.
using TimeOf = std::function<std::optional<double>(const task::Task&, const schedule::State&)>;

/// A machine that is nothing but a function. Every candidate costs a tenth of a second to compile and to run.
class MadeUpRunner : public measure::Runner {
 public:
  explicit MadeUpRunner(TimeOf time_of) : time_of_(std::move(time_of)) {}

  std::unique_ptr<measure::Pending> submit(const task::Task& task, std::vector<backend::ScheduledProgram> programs,
                                           double) override {
    ++batches;
    const std::size_t count = programs.size();
    return measure::one_by_one(count, [this, &task, programs = std::move(programs)](std::size_t i) {
      note_measured();
      task::Measurement m;
      m.compile_s = m.run_s = 0.1;
      if (const auto time_s = time_of_(task, programs[i].state()))
        m.times_s = {*time_s};
      else
        m.error = task::ErrorKind::runtime, m.error_text = "made up";
      measured.push_back(programs[i].hash());
      tasks.push_back(task.description);
      return m;
    });
  }
  /// Times as `contest_time_of` says; no re-measurements if there is none.
  std::vector<task::Measurement> remeasure(const task::Task& task,
                                           std::span<const backend::ScheduledProgram> programs) override {
    std::vector<task::Measurement> results;
    for (const backend::ScheduledProgram& program : programs) {
      contested.push_back(program.hash());
      task::Measurement& m = results.emplace_back();
      if (const auto time_s = contest_time_of(task, program.state()))
        m.times_s = {*time_s};
      else
        m.error = task::ErrorKind::wrong_answer;
    }
    return results;
  }
  double remeasurement_s(double) const override { return contest_time_of ? 0.1 : 0; }
  Split split() const override { return {}; }

  std::vector<std::uint64_t> measured;   ///< in order
  std::vector<std::string> tasks;        ///< of each
  std::vector<std::uint64_t> contested;  ///< in order, of all re-measurements
  TimeOf contest_time_of;
  int batches = 0;

 protected:
  virtual void note_measured() {}

 private:
  TimeOf time_of_;
};

/// The same with a clock of its own, on which nothing takes time but measuring and re-measurements.
class ClockedRunner : public MadeUpRunner {
 public:
  ClockedRunner(TimeOf time_of, double batch_s, double candidate_s)
      : MadeUpRunner(std::move(time_of)), batch_s_(batch_s), candidate_s_(candidate_s) {}
  std::unique_ptr<measure::Pending> submit(const task::Task& task, std::vector<backend::ScheduledProgram> programs,
                                           double incumbent_s) override {
    now_s += batch_s_;
    return MadeUpRunner::submit(task, std::move(programs), incumbent_s);
  }
  std::vector<task::Measurement> remeasure(const task::Task& task,
                                           std::span<const backend::ScheduledProgram> programs) override {
    now_s += contest_cost_s;
    remeasure_all.push_back(task.description);
    return MadeUpRunner::remeasure(task, programs);
  }
  double clock_s() const override { return now_s; }

  double now_s = 0, contest_cost_s = 0.1;
  std::vector<std::string> remeasure_all;  ///< tasks, in order

 private:
  void note_measured() override { now_s += candidate_s_; }

  double batch_s_, candidate_s_;
};

/// As fast as the analytic model says of another machine than the one that the search believes in, with a little noise
/// that depends on the state: what is best can't be known without measuring.
inline std::optional<double> plausible_time(const task::Task&, const schedule::State& state) {
  const auto program = loop::lower(state);
  if (!program) return std::nullopt;
  cost::Machine machine;
  machine.cores = 2;
  machine.capacity[0] = 4 << 10;
  const double noise = 1 + 0.2 * static_cast<double>(schedule::structural_hash(state) % 1000) / 1000;
  return cost::estimate(*program, machine).cycles * noise * 1e-9;
}

inline backend::TargetRef made_up_target() {
  target::TargetSpec target;
  target.cpu = "made-up";
  target.vector_bytes = 32;
  target.cores = 2;
  return cpu::make_target(target);
}

}  // namespace tilewright::search
