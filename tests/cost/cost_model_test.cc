#include "cost/cost_model.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

TEST(CostModel, NamesTheKnownOnesWhenAskedForAnother) {
  try {
    make_cost_model("oracle", {});
    FAIL() << "did not throw";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::usage);
    EXPECT_STREQ(e.what(), "cost model oracle is not known; there are: random, analytic, gbdt, hybrid");
  }
}

TEST(RandomModel, DependsOnSeedAndStateOnly) {
  const std::vector<schedule::State> states{schedule::State::initial(matmul(8, 8, 8)),
                                            schedule::State::initial(matmul(8, 8, 4))};
  const auto predict = [&](std::uint64_t seed) {
    ModelOptions options;
    options.seed = seed;
    return make_cost_model("random", options)->predict({}, scheduled(states, options.target));
  };
  EXPECT_EQ(predict(1), predict(1));
  EXPECT_NE(predict(1), predict(2));
  EXPECT_NE(predict(1)[0], predict(1)[1]);
}

}  // namespace
}  // namespace tilewright::cost
