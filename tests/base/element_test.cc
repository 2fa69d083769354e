#include "base/element.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/rounding.h"

namespace tilewright {
namespace {

constexpr DType kTypes[] = {DType::boolean, DType::i8,   DType::u8,  DType::i32,
                            DType::i64,     DType::bf16, DType::f32, DType::f64};

TEST(Element, IsWrittenAndReadInEveryType) {
  for (const DType type : kTypes) {
    alignas(8) char buffer[32] = {};
    store_element(type, buffer, 1, 1);
    EXPECT_EQ(load_element(type, buffer, 1), to_type(type, 1)) << to_text(type);
    EXPECT_EQ(load_element(type, buffer, 0), to_type(type, 0)) << to_text(type);
  }
}

TEST(Element, HoldsTheLeastAndTheLargestIntegerExactly) {
  for (const DType type : kTypes) {
    if (is_float(type)) continue;
    alignas(8) char buffer[8] = {};
    for (const std::int64_t value : {lowest_integer(type), highest_integer(type), highest_integer(type) - 1}) {
      store_element(type, buffer, 0, value);
      EXPECT_EQ(load_element(type, buffer, 0), Number(value)) << to_text(type);
    }
  }
}

TEST(Element, IsReducedToItsWidth) {
  std::uint8_t byte = 0;
  store_element(DType::u8, &byte, 0, 300);
  EXPECT_EQ(byte, 44);
  store_element(DType::boolean, &byte, 0, 256);
  EXPECT_EQ(byte, 1);
  store_element(DType::boolean, &byte, 0, 0.25);
  EXPECT_EQ(byte, 1);
}

TEST(Element, RoundsAnIntegerToF32Once) {
  float single = 0;
  const std::int64_t above_a_tie = (std::int64_t{1} << 60) + (std::int64_t{1} << 36) + 1;  // as a double it is the tie
  store_element(DType::f32, &single, 0, above_a_tie);
  EXPECT_EQ(single, 0x1p60F + 0x1p37F);
}

TEST(Element, RoundsToBf16TiesToEven) {
  const auto rounded = [](double value) {
    std::uint16_t bits = 0;
    store_element(DType::bf16, &bits, 0, value);
    return to_double(load_element(DType::bf16, &bits, 0));
  };
  EXPECT_EQ(rounded(1 + 0x1p-8), 1);
  EXPECT_EQ(rounded(1 + 3 * 0x1p-8), 1 + 0x1p-6);
  EXPECT_EQ(rounded(1 + 0x1p-8 + 0x1p-20), 1 + 0x1p-7);
  EXPECT_EQ(rounded(-std::numeric_limits<double>::infinity()), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(rounded(std::nan(""))));
}

}  // namespace
}  // namespace tilewright
