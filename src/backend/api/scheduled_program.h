#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backend/api/backend.h"
#include "loop/bounds.h"
#include "loop/program.h"
#include "schedule/state.h"

namespace tilewright::backend {

/// A complete schedule with what it comes to on one target. What rooms hand to each other, so that bounds are inferred,
/// the loops lowered and the target's passes run once, whoever asks first. Copies share all of it.
/// Threads: may be asked from several at once.
class ScheduledProgram {
 public:
  /// Of nothing: only to be assigned to.
  ScheduledProgram() = default;
  /// Infers the bounds of `state`, and with them the extents of all its loops; `bounds`: they were just inferred and
  /// the extents set.
  ScheduledProgram(schedule::State state, TargetRef target, std::optional<loop::Bounds> bounds = {});

  const schedule::State& state() const;
  /// schedule::structural_hash(state()). Two states that print alike have the same, however they came to be (sampled,
  /// mutated, replayed from a record).
  std::uint64_t hash() const;

  /// The state has bounds; without, it has no program.
  bool has_bounds() const;
  /// Of the state. Failure: it has none.
  const Result<loop::Bounds>& bounds() const;
  /// What code is emitted for: the program after the target's passes. Failure: the state has no program.
  const Result<loop::Program>& program() const;
  /// loop::structural_hash(*program()), which there must be.
  std::uint64_t program_hash() const;

  /// Keeps no more than the state and the hashes, here and in all copies; the rest is made anew if asked for. What was
  /// asked for before may no longer be looked at.
  void forget_program() const;

 private:
  struct Shared;
  explicit ScheduledProgram(std::shared_ptr<const Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<const Shared> shared_;
};

/// One for each state, in their order.
std::vector<ScheduledProgram> scheduled_programs(std::span<const schedule::State> states, const TargetRef& target);

}  // namespace tilewright::backend
