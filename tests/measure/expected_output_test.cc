#include "measure/worker/expected_output.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/element.h"
#include "base/fill_input.h"

namespace tilewright::measure {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

template <class T>
std::string bytes_of_all(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

template <class T>
std::string verdict(DType type, const std::vector<T>& expected, const std::vector<T>& found, double tolerance = 1e-3) {
  const ExpectedOutput output("C", type, {static_cast<std::int64_t>(expected.size())}, bytes_of_all(expected),
                              tolerance);
  return output.mismatch(found.data()).value_or("right");
}

TEST(ExpectedOutput, AllowsAFractionOfTheLargestMagnitude) {
  EXPECT_EQ(verdict<float>(DType::f32, {100, 1, 0}, {100.05F, 1.05F, -0.05F}), "right");
  EXPECT_EQ(verdict<float>(DType::f32, {100, 1, 0}, {100, 1.5F, -0.5F}),
            "output C is wrong at [1]: expected 1, found 1.5 (2 of 3 elements differ by more than 0.1)");
  EXPECT_EQ(verdict<double>(DType::f64, {100, 1}, {100, 1.2}),
            "output C is wrong at [1]: expected 1, found 1.2 (1 of 2 elements differ by more than 0.1)");
}

TEST(ExpectedOutput, MatchesNanAndInfinityWithThemselvesOnly) {
  EXPECT_EQ(verdict<float>(DType::f32, {kNan, kInf, -kInf, 1}, {kNan, kInf, -kInf, 1}), "right");
  for (const float found : {1.0F, kInf, -kInf})
    EXPECT_NE(verdict<float>(DType::f32, {kNan}, {found}), "right") << found;
  for (const float found : {1.0F, kNan, -kInf})
    EXPECT_NE(verdict<float>(DType::f32, {kInf}, {found}), "right") << found;
  for (const float found : {kNan, kInf, -kInf})
    EXPECT_NE(verdict<float>(DType::f32, {1, 2}, {1, found}), "right") << found;
  EXPECT_NE(verdict<float>(DType::f32, {kInf, 1}, {kInf, 2}), "right") << "infinity is no magnitude to allow for";
}

TEST(ExpectedOutput, ComparesIntegersExactly) {
  EXPECT_EQ(verdict<std::int32_t>(DType::i32, {1000000, 3}, {1000000, 3}), "right");
  EXPECT_NE(verdict<std::int32_t>(DType::i32, {1000000, 3}, {1000000, 4}), "right");
  EXPECT_NE(verdict<std::uint8_t>(DType::boolean, {1, 0}, {1, 1}), "right");
  EXPECT_EQ(
      verdict<std::int64_t>(DType::i64, {(1LL << 53) + 1}, {1LL << 53}),
      "output C is wrong at [0]: expected 9007199254740993, found 9007199254740992 (1 of 1 elements differ by more "
      "than 0)");
}

TEST(ExpectedOutput, AllowsTwoRoundingsOfBf16) {
  std::vector<std::uint16_t> expected(1), near(1), far(1);
  store_element(DType::bf16, expected.data(), 0, 1);
  store_element(DType::bf16, near.data(), 0, 1 + 0x1p-7);
  store_element(DType::bf16, far.data(), 0, 1 + 0x1p-5);
  EXPECT_EQ(verdict(DType::bf16, expected, near, 1e-7), "right");
  EXPECT_NE(verdict(DType::bf16, expected, far, 1e-7), "right");
}

TEST(ExpectedOutput, AcceptsAnEmptyOutput) { EXPECT_EQ(verdict<float>(DType::f32, {}, {}), "right"); }

TEST(PositionText, CountsRowMajor) {
  EXPECT_EQ(position_text({2, 3, 4}, 23), "[1, 2, 3]");
  EXPECT_EQ(position_text({2, 3, 4}, 4), "[0, 1, 0]");
  EXPECT_EQ(position_text({}, 0), "[]");
}

TEST(Inputs, DependOnSeedArgumentAndElementOnly) {
  std::vector<float> all(1000), part(10), other(1000);
  fill_input(DType::f32, all.data(), 1000, 5, 2);
  fill_input(DType::f32, part.data(), 10, 5, 2);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin()));
  fill_input(DType::f32, other.data(), 1000, 5, 3);
  EXPECT_NE(all, other);
  fill_input(DType::f32, other.data(), 1000, 6, 2);
  EXPECT_NE(all, other);
}

TEST(Inputs, AreSpreadOverTheirRange) {
  std::vector<float> values(10000);
  fill_input(DType::f32, values.data(), 10000, 1, 0);
  double sum = 0, squares = 0;
  for (const float value : values) {
    ASSERT_GE(value, -1);
    ASSERT_LT(value, 1);
    sum += value;
    squares += value * value;
  }
  // Five standard deviations of the mean of 10,000 values: of x, sqrt(1/3)/100; of x^2, sqrt(4/45)/100.
  EXPECT_NEAR(sum / 10000, 0, 5 * 0.0058);
  EXPECT_NEAR(squares / 10000, 1.0 / 3, 5 * 0.0030);
}

TEST(Inputs, HaveSmallIntegersAndBooleans) {
  std::vector<std::int8_t> small(1000);
  fill_input(DType::i8, small.data(), 1000, 1, 0);
  EXPECT_EQ(*std::min_element(small.begin(), small.end()), -8);
  EXPECT_EQ(*std::max_element(small.begin(), small.end()), 7);
  EXPECT_EQ(std::count(small.begin(), small.end(), 0), 0) << "0 may stand for a divisor";
  std::vector<std::uint8_t> flags(1000);
  fill_input(DType::boolean, flags.data(), 1000, 1, 0);
  EXPECT_EQ(*std::min_element(flags.begin(), flags.end()), 0);
  EXPECT_EQ(*std::max_element(flags.begin(), flags.end()), 1);
}

}  // namespace
}  // namespace tilewright::measure
