#pragma once

#include <optional>

#include "te/expr.h"

namespace tilewright::te {

/// What `op` on these operands (both of one type, `type` is the result's) simplifies to, or nothing. Only what keeps
/// every value, NaN and -0 included: constants, x + 0 and 0 * x of integers, x * 1, (x + 1) + 2, true && x.
std::optional<Expr> fold_binary(BinaryOp op, DType type, const Expr& a, const Expr& b);

/// `a op b` of integers of one type, wrapped to the result's `type` (comparisons: 0 or 1). What no integer is the
/// answer to (docs/decisions/0018): a quotient and a remainder by 0 are 0. InternalError for pow and
/// fmod, which take floats only.
std::int64_t wrapping_arithmetic(BinaryOp op, DType type, std::int64_t a, std::int64_t b);
/// `op a` of an integer, wrapped to `type`: the smallest one is its own negative. For neg, abs and logical_not.
std::int64_t wrapping_arithmetic(UnaryOp op, DType type, std::int64_t a);

/// The value of an integer or bool constant.
std::optional<std::int64_t> integer_value(const Expr& e);

}  // namespace tilewright::te
