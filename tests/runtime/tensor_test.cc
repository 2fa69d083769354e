#include "runtime/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"

namespace tilewright::runtime {
namespace {

TEST(Tensor, IsZeroedAndAligned) {
  for (const std::int64_t n : {1, 17, 1 << 20, 3 << 20}) {
    Tensor tensor(DType::f32, {n});
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, 0U);
    EXPECT_EQ(tensor.bytes(), n * 4);
    EXPECT_TRUE(std::ranges::all_of(tensor.as<float>(), [](float x) { return x == 0; }));
  }
}

TEST(Tensor, KnowsItsSize) {
  EXPECT_EQ(Tensor(DType::f64, {2, 3, 4}).elements(), 24);
  EXPECT_EQ(Tensor(DType::f64, {2, 3, 4}).bytes(), 192);
  EXPECT_EQ(Tensor(DType::i8, {}).elements(), 1) << "a scalar";
  EXPECT_EQ(Tensor(DType::i8, {5, 0}).elements(), 0);
  EXPECT_EQ(Tensor().elements(), 0);
}

TEST(Tensor, SharesItsMemoryWhenCopied) {
  Tensor tensor(DType::i32, {4});
  Tensor copy = tensor;
  copy.as<std::int32_t>()[2] = 7;
  EXPECT_EQ(tensor.as<std::int32_t>()[2], 7);
}

TEST(Tensor, LooksAtAnothersMemory) {
  float values[6] = {0, 1, 2, 3, 4, 5};
  const Tensor view = Tensor::view(DType::f32, {2, 3}, values);
  EXPECT_EQ(view.data(), values);
  EXPECT_EQ(view.as<float>()[5], 5);
}

TEST(Tensor, RefusesImpossibleShapes) {
  EXPECT_THROW(Tensor(DType::f32, {-1}), InternalError);
  EXPECT_THROW(Tensor(DType::f32, {std::int64_t{1} << 40, std::int64_t{1} << 40}), InternalError);
  EXPECT_THROW(Tensor(DType::f32, {std::int64_t{1} << 60}), std::bad_alloc);
}

}  // namespace
}  // namespace tilewright::runtime
