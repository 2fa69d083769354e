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

}  // namespace
}  // namespace tilewright::driver
