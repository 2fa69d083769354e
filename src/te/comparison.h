#pragma once

#include "base/error.h"
#include "te/expr.h"

namespace tilewright::te {

constexpr bool is_comparison(BinaryOp op) { return op >= BinaryOp::eq && op <= BinaryOp::ge; }

/// Whether `a op b` holds; false where a NaN meets anything but `ne`. InternalError if `op` is no comparison.
template <class T>
bool compare(BinaryOp op, T a, T b) {
  switch (op) {
    case BinaryOp::eq:
      return a == b;
    case BinaryOp::ne:
      return a != b;
    case BinaryOp::lt:
      return a < b;
    case BinaryOp::le:
      return a <= b;
    case BinaryOp::gt:
      return a > b;
    case BinaryOp::ge:
      return a >= b;
    default:
      break;
  }
  TW_CHECK(false, "operation {} is no comparison", static_cast<int>(op));
}

}  // namespace tilewright::te
