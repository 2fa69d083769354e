#pragma once

#include <array>
#include <vector>

#include "loop/program.h"

namespace tilewright::cost::ansor {

/// Kinds of operations in the order of Ansor's features (docs/ansor.md §6.2, group 1): seven of floating-point numbers,
/// the same seven of integers, then these two. Multiply-adds (0) and other calls (6) are never counted.
enum OperationKind { kMad, kAddSub, kMul, kDivMod, kCompare, kMath, kOtherCall, kBoolean = 14, kSelect };
inline constexpr int kPerType = 7, kOperationKinds = 16;

/// What one evaluation of a value does, by kind; the kinds of integers stand `kPerType` further on.
struct OperationCount {
  std::array<double, kOperationKinds> of{};
  bool loads = false;     ///< it reads a buffer
  bool table = false;     ///< it is a select between constants: an element of a constant table, which Ansor takes as 1
  double floats() const;  ///< operations on floating-point numbers
};

/// Counts the operations of values as Ansor does. A value is counted once, however often it is asked for.
///
/// Differs from Ansor in what it cannot know: integer operations are those of our linear forms, not of the expressions
/// that TVM's simplifier leaves; and a select is an `if_then_else` there (padding), so it counts as a function call.
class OperationCounter {
 public:
  explicit OperationCounter(const loop::Program& program)
      : program_(program), counts_(program.values.size()), known_(program.values.size(), false) {}
  const OperationCount& count(loop::ValueId id);

 private:
  OperationCount compute(const loop::Value& value);
  void add(OperationCount& sum, loop::ValueId id);
  void add_index(OperationCount& sum, const loop::AffineExpr& index);
  bool is_constant(loop::ValueId id) const;
  OperationCount of_unary(const loop::UnaryValue& v);
  OperationCount of_binary(const loop::BinaryValue& v);

  const loop::Program& program_;
  std::vector<OperationCount> counts_;
  std::vector<bool> known_;
};

}  // namespace tilewright::cost::ansor
