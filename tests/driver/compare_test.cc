#include "driver/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace tilewright::driver {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

NamedTensors one(const std::vector<float>& values) {
  runtime::Tensor tensor(DType::f32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.as<float>().begin());
  return {{"y", tensor}};
}

TEST(Compare, IsRelativeToTheLargestOutput) {
  const Comparison result = compare(one({100, 0.25f}), one({100, 0.125f}), 1e-3, 0);
  EXPECT_DOUBLE_EQ(result.max_abs_error, 0.125);
  EXPECT_DOUBLE_EQ(result.max_rel_error, 0.00125);
  EXPECT_FALSE(result.match);
  EXPECT_TRUE(compare(one({100, 0.25f}), one({100, 0.125f}), 2e-3, 0).match);
  EXPECT_TRUE(compare(one({100, 0.25f}), one({100, 0.125f}), 0, 0.125).match);
}

TEST(Compare, TakesNaNAndInfinityForEqualToThemselvesOnly) {
  EXPECT_TRUE(compare(one({kNaN, kInfinity}), one({kNaN, kInfinity}), 0, 0).match);
  for (const auto& [actual, expected] :
       {std::pair{kNaN, 1.f}, {1.f, kNaN}, {kInfinity, -kInfinity}, {kInfinity, 1.f}, {1.f, kInfinity}})
    EXPECT_FALSE(compare(one({actual, 1}), one({expected, 1}), 1e3, 1e3).match) << actual << " for " << expected;
}

template <class T>
NamedTensors of(DType type, const std::vector<T>& values) {
  runtime::Tensor tensor(type, {1, static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.as<T>().begin());
  return {{"y", tensor}};
}

TEST(Compare, WantsIntegersToBeTheSameWhateverTheTolerance) {
  const Comparison small =
      compare(of<std::int32_t>(DType::i32, {0, 1501}), of<std::int32_t>(DType::i32, {0, 1500}), 1, 9);
  EXPECT_FALSE(small.match);
  EXPECT_EQ(small.max_abs_error, 1);
  constexpr std::int64_t kBeyondDoubles = (std::int64_t{1} << 53) + 1,
                         kLeast = std::numeric_limits<std::int64_t>::min(),
                         kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(
      compare(of<std::int64_t>(DType::i64, {kBeyondDoubles}), of<std::int64_t>(DType::i64, {kBeyondDoubles - 1}), 1, 9)
          .match);
  EXPECT_FALSE(compare(of<std::int64_t>(DType::i64, {kMost}), of<std::int64_t>(DType::i64, {kLeast}), 1, 9).match);
  EXPECT_TRUE(compare(of<std::int64_t>(DType::i64, {kLeast}), of<std::int64_t>(DType::i64, {kLeast}), 0, 0).match);
  EXPECT_FALSE(compare(of<std::uint8_t>(DType::u8, {255}), of<std::uint8_t>(DType::u8, {254}), 1, 9).match);
  EXPECT_FALSE(compare(of<std::int8_t>(DType::i8, {-1}), of<std::int8_t>(DType::i8, {-2}), 1, 9).match);
  EXPECT_FALSE(compare(of<std::uint8_t>(DType::boolean, {1}), of<std::uint8_t>(DType::boolean, {0}), 1, 9).match);
}

TEST(Compare, TellsTheFirstElementThatDiffersWithBothValues) {
  const Comparison integers = compare(of<std::int64_t>(DType::i64, {7, 9007199254740993, 3}),
                                      of<std::int64_t>(DType::i64, {7, 9007199254740992, 4}), 1, 1);
  ASSERT_TRUE(integers.first);
  EXPECT_EQ(integers.first->output, "y");
  EXPECT_EQ(integers.first->index, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(integers.first->actual, "9007199254740993");
  EXPECT_EQ(integers.first->expected, "9007199254740992");
  const Comparison floats = compare(one({1, 2.5F, kNaN}), one({1, 2, 3}), 0.1, 0);
  ASSERT_TRUE(floats.first);
  EXPECT_EQ(floats.first->index, std::vector<std::int64_t>{1});
  EXPECT_EQ(floats.first->actual, "2.5");
  EXPECT_FALSE(compare(one({1}), one({1}), 0, 0).first);
}

TEST(Compare, LetsNoToleranceHideANaNOrAnInfinity) {
  const double endless = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(compare(one({kNaN}), one({1}), endless, endless).match);
  EXPECT_FALSE(compare(one({-kInfinity}), one({kInfinity}), endless, endless).match);
}

TEST(Compare, TakesAReferenceOfAnotherType) {
  runtime::Tensor expected(DType::f64, {2});
  expected.as<double>()[0] = 1.5;
  EXPECT_TRUE(compare(one({1.5f, 0}), {{"y", expected}}, 0, 0).match);
}

TEST(Compare, NamesTheWorstOutput) {
  NamedTensors actual = one({1}), expected = one({1});
  actual.emplace("z", one({2}).at("y"));
  expected.emplace("z", one({1}).at("y"));
  EXPECT_EQ(compare(actual, expected, 1, 1).worst, "z");
}

std::string message_of(const NamedTensors& actual, const NamedTensors& expected) {
  try {
    compare(actual, expected, 0, 0);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    return error.what();
  }
  return "no error";
}

TEST(Compare, RefusesATensorThatIsNoOutput) {
  EXPECT_EQ(message_of({{"a", {}}, {"b", {}}}, one({1})),
            "expected tensor y is no output of the model; its outputs are a, b");
}

TEST(Compare, RefusesAnotherShape) {
  EXPECT_EQ(message_of(one({1, 2}), one({1})), "expected tensor y has shape 1, the output has 2");
}

TEST(Compare, RefusesAnotherKindOfType) {
  EXPECT_EQ(message_of(of<std::int32_t>(DType::i32, {1}), of<std::int64_t>(DType::i64, {1})),
            "expected tensor y is of type i64, the output is i32");
  EXPECT_EQ(message_of(of<float>(DType::f32, {1}), of<std::uint8_t>(DType::boolean, {1})),
            "expected tensor y is of type bool, the output is f32");
}

TEST(Compare, RefusesToCompareWithNothing) {
  EXPECT_EQ(message_of(one({1}), {}), "there is nothing to compare the outputs with: no tensor is expected");
}

}  // namespace
}  // namespace tilewright::driver
