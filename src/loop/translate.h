#pragma once

#include <utility>
#include <vector>

#include "loop/program.h"
#include "schedule/state.h"

namespace tilewright::loop {

/// Turns tensor expressions into values of a program, with inlined stages substituted into their readers.
class Translator {
 public:
  /// What each axis of the operation at hand stands for.
  using Axes = std::vector<std::pair<const te::Axis*, AffineExpr>>;

  /// `buffer_of_stage`: the buffer that holds a stage's result; -1 for inlined stages.
  Translator(const schedule::State& state, const std::vector<BufferId>& buffer_of_stage, Program& program)
      : state_(state), buffer_of_stage_(buffer_of_stage), program_(program) {}

  ValueId value(const te::Expr& e, const Axes& axes);
  /// An integer expression that indexes a dimension of `extent` elements. What is no linear form (an index that is
  /// loaded, a minimum) becomes a value atom with the range of the dimension.
  AffineExpr index(const te::Expr& e, const Axes& axes, std::int64_t extent);

 private:
  ValueId load(const te::Load& load, const Axes& axes);
  ValueId binary(const te::Expr& e, const te::Binary& node, const Axes& axes);
  ValueId comparison(te::BinaryOp op, const AffineExpr& a, const AffineExpr& b);
  ValueId non_negative(const AffineExpr& index);
  ValueId boolean(bool value);
  const bool* as_boolean(ValueId id, bool& storage) const;

  const schedule::State& state_;
  const std::vector<BufferId>& buffer_of_stage_;
  Program& program_;
};

}  // namespace tilewright::loop
