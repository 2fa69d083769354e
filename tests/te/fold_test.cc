#include "te/fold.h"

#include <gtest/gtest.h>

#include "base/rounding.h"

namespace tilewright::te {
namespace {

constexpr DType kTypes[] = {DType::i8, DType::u8, DType::i32, DType::i64};

TEST(WrappingArithmetic, GivesZeroForQuotientsAndRemaindersByZero) {
  for (const DType type : kTypes)
    for (const BinaryOp op : {BinaryOp::div, BinaryOp::floor_div, BinaryOp::floor_mod})
      for (const std::int64_t a : {lowest_integer(type), std::int64_t{0}, std::int64_t{7}, highest_integer(type)})
        EXPECT_EQ(wrapping_arithmetic(op, type, a, 0), 0) << to_text(type);
}

TEST(WrappingArithmetic, WrapsTheLeastInteger) {
  for (const DType type : {DType::i8, DType::i32, DType::i64}) {
    const std::int64_t least = lowest_integer(type);
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::div, type, least, -1), least) << to_text(type);
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::floor_div, type, least, -1), least) << to_text(type);
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::floor_mod, type, least, -1), 0) << to_text(type);
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::sub, type, least, 1), highest_integer(type)) << to_text(type);
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::mul, type, least, -1), least) << to_text(type);
    EXPECT_EQ(wrapping_arithmetic(UnaryOp::neg, type, least), least) << to_text(type);
    EXPECT_EQ(wrapping_arithmetic(UnaryOp::abs, type, least), least) << to_text(type);
  }
}

TEST(WrappingArithmetic, RoundsAsTheOperationSays) {
  struct Case {
    std::int64_t a, b, quotient, floor, remainder;
  };
  for (const Case& c : {Case{7, 2, 3, 3, 1}, Case{-7, 2, -3, -4, 1}, Case{7, -2, -3, -4, -1}, Case{-7, -2, 3, 3, -1},
                        Case{-6, 2, -3, -3, 0}, Case{6, -2, -3, -3, 0}}) {
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::div, DType::i32, c.a, c.b), c.quotient) << c.a << " / " << c.b;
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::floor_div, DType::i32, c.a, c.b), c.floor) << c.a << " / " << c.b;
    EXPECT_EQ(wrapping_arithmetic(BinaryOp::floor_mod, DType::i32, c.a, c.b), c.remainder) << c.a << " mod " << c.b;
  }
}

TEST(Fold, KeepsEveryBitOfConstants) {
  const std::int64_t big = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(integer_value(constant(DType::i64, big)), big);
  EXPECT_EQ(integer_value(Expr(big) + Expr(big)), 2 * big);
  EXPECT_EQ(integer_value(cast(DType::i32, Expr(big))), 1);
  EXPECT_EQ(integer_value(Expr(big) / Expr(std::int64_t{0})), 0);
}

}  // namespace
}  // namespace tilewright::te
