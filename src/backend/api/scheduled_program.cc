#include "backend/api/scheduled_program.h"

#include <mutex>

#include "loop/lower.h"

namespace tilewright::backend {

struct ScheduledProgram::Shared {
  schedule::State state;
  TargetRef target;
  std::uint64_t hash;
  bool has_bounds;
  mutable std::mutex mutex;  ///< of what follows: made when it is first asked for, and then not changed
  mutable std::optional<Result<loop::Bounds>> bounds;
  mutable bool bounds_are_lent = false;  ///< somebody may still look at them
  mutable std::optional<Result<loop::Program>> program;
  mutable std::optional<std::uint64_t> program_hash;

  Shared(schedule::State s, TargetRef t, bool bounded)
      : state(std::move(s)), target(std::move(t)), hash(schedule::structural_hash(state)), has_bounds(bounded) {}

  /// The bounds, to be used up.
  Result<loop::Bounds> take_bounds() const {
    if (!bounds) return loop::infer_bounds(state);
    if (bounds_are_lent) return *bounds;
    Result<loop::Bounds> taken = std::move(*bounds);
    bounds.reset();
    return taken;
  }
  const Result<loop::Program>& finish() const {
    if (program) return *program;
    Result<loop::Bounds> own = take_bounds();
    program = own ? loop::lower(state, std::move(*own)) : Result<loop::Program>(own.failure());
    if (*program) program = target->backend->finish(std::move(**program), *target);
    return *program;
  }
};

ScheduledProgram::ScheduledProgram(schedule::State state, TargetRef target, std::optional<loop::Bounds> bounds) {
  Result<loop::Bounds> found = bounds ? Result<loop::Bounds>(std::move(*bounds)) : loop::infer_bounds(state);
  if (found && !bounds) state.set_extents(loop::extents_of(state, *found));
  const auto shared = std::make_shared<Shared>(std::move(state), std::move(target), static_cast<bool>(found));
  shared->bounds = std::move(found);
  shared_ = shared;
}

const schedule::State& ScheduledProgram::state() const { return shared_->state; }
std::uint64_t ScheduledProgram::hash() const { return shared_->hash; }
bool ScheduledProgram::has_bounds() const { return shared_->has_bounds; }

const Result<loop::Bounds>& ScheduledProgram::bounds() const {
  const std::lock_guard lock(shared_->mutex);
  if (!shared_->bounds) shared_->bounds = loop::infer_bounds(shared_->state);
  shared_->bounds_are_lent = true;
  return *shared_->bounds;
}

const Result<loop::Program>& ScheduledProgram::program() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->finish();
}

std::uint64_t ScheduledProgram::program_hash() const {
  const std::lock_guard lock(shared_->mutex);
  if (!shared_->program_hash) shared_->program_hash = loop::structural_hash(*shared_->finish());
  return *shared_->program_hash;
}

void ScheduledProgram::forget_program() const {
  const std::lock_guard lock(shared_->mutex);
  shared_->bounds.reset(), shared_->program.reset();
  shared_->bounds_are_lent = false;
}

std::vector<ScheduledProgram> scheduled_programs(std::span<const schedule::State> states, const TargetRef& target) {
  std::vector<ScheduledProgram> programs;
  programs.reserve(states.size());
  for (const schedule::State& state : states) programs.emplace_back(state, target);
  return programs;
}

}  // namespace tilewright::backend
