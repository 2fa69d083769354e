#include "te/expr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "te/tensor.h"

namespace tilewright::te {
namespace {

const AxisRef kAxis = make_axis("i", 16);
const Tensor kFloats = placeholder({16}, "x");
const Tensor kBytes = placeholder({16}, "b", DType::u8);

Expr x() { return kFloats(kAxis); }

TEST(Expr, AdaptsAConstantToTheOtherSide) {
  EXPECT_EQ(to_text(x() + 2), "(x[i] + 2f)");
  EXPECT_EQ(to_text(2 * x()), "(2f*x[i])");
  EXPECT_EQ(to_text(x() + 0.5), "(x[i] + 0.5f)");
  EXPECT_EQ(to_text(kBytes(kAxis) + 200), "(b[i] + (uint8)200)");
  EXPECT_EQ((Expr(1) + std::int64_t{2}).type(), DType::i64);
  EXPECT_EQ((Expr(1) + 0.5F).type(), DType::f32);
}

TEST(Expr, RefusesOperandsOfTwoTypes) {
  EXPECT_THROW(x() + kBytes(kAxis), InternalError);
  EXPECT_THROW(x() + Expr(kAxis), InternalError);
  EXPECT_THROW(kBytes(kAxis) + 300, InternalError);  // no u8
  EXPECT_THROW(Expr(kAxis) + 0.5F, InternalError);
  EXPECT_THROW(floor_div(x(), 2), InternalError);
  EXPECT_THROW(x() && x(), InternalError);
  EXPECT_THROW(unary(UnaryOp::exp, Expr(kAxis)), InternalError);
  EXPECT_THROW(select(x(), x(), x()), InternalError);
}

TEST(Expr, ComparesToBool) {
  EXPECT_EQ((x() < 1).type(), DType::boolean);
  EXPECT_EQ((Expr(kAxis) >= 3).type(), DType::boolean);
}

TEST(Expr, FoldsIndicesToTheirShortestForm) {
  const Expr i(kAxis);
  struct Case {
    Expr folded;
    std::string_view text;
  };
  const Case cases[] = {
      {i + 0, "i"},
      {0 + i, "i"},
      {i - 0, "i"},
      {i * 1, "i"},
      {i * 0, "0"},
      {(i + 1) + 2, "(i + 3)"},
      {(i + 1) - 3, "(i - 2)"},
      {(i - 1) + 1, "i"},
      {floor_div(i, 1), "i"},
      {floor_mod(i, 1), "0"},
      {Expr(7) - 9, "-2"},
      {floor_div(Expr(-7), 2), "-4"},
      {floor_mod(Expr(-7), 2), "1"},
      {Expr(-7) / 2, "-3"},
      {max(Expr(3), 4), "4"},
      {(Expr(3) < 4) && (i < 4), "(i < 4)"},
      {select(Expr(3) < 4, i, 0), "i"},
      {floor_div(i, 0), "floordiv(i, 0)"},
  };
  for (const Case& c : cases) EXPECT_EQ(to_text(c.folded), c.text);
}

TEST(Expr, FoldsFloatsOnlyWhereEveryValueStays) {
  EXPECT_EQ(to_text(x() * 1), "x[i]");
  EXPECT_EQ(to_text(x() / 1), "x[i]");
  EXPECT_EQ(to_text(x() + 0), "(x[i] + 0f)");  // -0 + 0 is 0
  EXPECT_EQ(to_text(x() * 0), "(x[i]*0f)");    // NaN * 0 is NaN
  EXPECT_EQ(to_text(Expr(0.5F) * 3), "1.5f");
}

TEST(Expr, WrapsFoldedIntegers) {
  EXPECT_EQ(to_text(Expr(std::numeric_limits<int>::max()) + 1), "-2147483648");
  EXPECT_EQ(to_text(integer(200, DType::u8) + integer(100, DType::u8)), "(uint8)44");
}

TEST(Expr, RoundsConstantsToTheirType) {
  EXPECT_EQ(std::get<double>(as<Constant>(constant(DType::f32, 0.1))->value), static_cast<double>(0.1F));
  EXPECT_THROW(constant(DType::i32, 0.5), InternalError);
  EXPECT_THROW(integer(256, DType::u8), InternalError);
}

TEST(Expr, PrintsInAnsorsNotation) {
  const Expr i(kAxis);
  EXPECT_EQ(to_text(select(i >= 1, x(), 0.0F)), "tir.if_then_else((i >= 1), x[i], 0f)");
  EXPECT_EQ(to_text(cast(DType::f32, i)), "float32(i)");
  EXPECT_EQ(to_text(unary(UnaryOp::sqrt, x())), "tir.sqrt(x[i])");
  EXPECT_EQ(to_text(identity(Combiner::max, DType::f32)), "-inff");
  EXPECT_EQ(to_text(identity(Combiner::min, DType::i8)), "(int8)127");
}

TEST(Expr, SubstitutesAxesAndKeepsWhatItDoesNotTouch) {
  const AxisRef j = make_axis("j", 4);
  const Expr e = x() + 1;
  EXPECT_EQ(to_text(substitute(e, {{kAxis.get(), Expr(j) * 4}})), "(x[(j*4)] + 1f)");
  EXPECT_TRUE(same(substitute(e, {{j.get(), Expr(0)}}), e));
}

TEST(Expr, ListsLoadsInPostOrder) {
  const Tensor index = placeholder({16}, "index", DType::i32);
  const Expr e = kFloats(index(kAxis)) * kFloats(0);
  std::string names;
  for (const Load* load : loads_of(e)) names += load->tensor->name + " ";
  EXPECT_EQ(names, "index x x ");
}

TEST(Expr, RefusesAnAxisWithoutIterations) {
  EXPECT_THROW(make_axis("i", 0), InternalError);
  EXPECT_THROW(reduce_axis(0, "k"), InternalError);
}

}  // namespace
}  // namespace tilewright::te
