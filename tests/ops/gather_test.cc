#include "ops/gather.h"

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;

TEST(Gather, TakesSlicesCountsNegativeIndicesFromTheBackAndNeverReadsOutside) {
  const te::Tensor data = placeholder({2, 3, 2}, "data"), indices = placeholder({5}, "indices", DType::i64);
  const std::vector<std::int64_t> given{0, 2, -1, 7, -9};
  const std::vector<std::int64_t> read{0, 2, 2, 2, 0};
  expect_computes(
      {data, indices}, gather(data, indices, 1),
      [&](std::vector<Grid>& in) {
        Grid y({2, 5, 2});
        for_each_index(y.shape, [&](const std::vector<std::int64_t>& at) {
          y.at(at) = in[0](at[0], read[static_cast<std::size_t>(at[1])], at[2]);
        });
        return y;
      },
      [&](std::vector<te::Array>& arrays) { arrays[1].integers = given; });
}

TEST(Gather, RefusesIndicesThatAreNoIntegersOf32Or64Bits) {
  try {
    gather(placeholder({4}, "data"), placeholder({2}, "indices"), 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("expected i32 or i64"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tilewright::ops
