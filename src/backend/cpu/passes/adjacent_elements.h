#pragma once

#include <optional>

#include "loop/program.h"

namespace tilewright::cpu {

/// Elements by which an access moves when loop variable `var` grows by one; nothing if that varies.
std::optional<std::int64_t> stride_of(const loop::Program& program, loop::BufferId buffer,
                                      const std::vector<loop::AffineExpr>& indices, int var);

/// Whether consecutive iterations of `var` can run as lanes of a vector without gathers or masks: stores of stride
/// `unit`, loads of stride 0 or `unit`, no other use of the variable, and of what is stored only the same element is
/// loaded. Expects stores only; the variable may not be a reduction's.
bool runs_in_lanes(const loop::Program& program, const loop::Block& stores, int var, std::int64_t unit = 1);

/// The same of a value alone: loads of stride 0 or `unit`, no other use of the variable.
bool values_run_in_lanes(const loop::Program& program, loop::ValueId value, int var, std::int64_t unit = 1);

/// Whether `wide` and `narrow` occur only as width * wide + narrow, so that one variable can stand for both.
bool are_digits(const loop::Program& program, const loop::Block& stores, int wide, int narrow, std::int64_t width);

/// Whether iterations may run in any order: of what the stores write, their values load only the element at hand.
bool are_independent(const loop::Program& program, const loop::Block& stores);

}  // namespace tilewright::cpu
