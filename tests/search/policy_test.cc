#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "search/mutation_policy.h"
#include "search/sketch_policy.h"

namespace tilewright::search {
namespace {

TEST(UniformSketchPolicy, DrawsEverySketchAlike) {
  const auto policy = make_sketch_policy("uniform");
  Rng rng(1);
  std::array<int, 4> seen{};
  constexpr int kDraws = 40000;
  for (int i = 0; i < kDraws; ++i) ++seen[static_cast<std::size_t>(policy->choose(4, rng))];
  for (int count : seen) EXPECT_NEAR(count, kDraws / 4, 5 * 87);  // five standard deviations of a binomial
}

TEST(FixedMutationPolicy, DrawsByItsOddsAndNeverWhatHasNone) {
  const FixedMutationPolicy policy({0.9, 0, 0.1});
  Rng rng(1);
  std::array<int, 3> seen{};
  constexpr int kDraws = 40000;
  for (int i = 0; i < kDraws; ++i) ++seen[static_cast<std::size_t>(policy.choose({}, rng))];
  EXPECT_NEAR(seen[0], 0.9 * kDraws, 5 * 60);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(seen[2], 0.1 * kDraws, 5 * 60);
}

TEST(Policies, NameTheKnownOnesWhenAskedForAnother) {
  try {
    make_sketch_policy("psychic");
    FAIL() << "did not throw";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::usage);
    EXPECT_STREQ(e.what(), "sketch policy psychic is not known; there are: uniform");
  }
  try {
    make_mutation_policy("psychic", {});
    FAIL() << "did not throw";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::usage);
    EXPECT_STREQ(e.what(), "mutation policy psychic is not known; there are: fixed");
  }
}

}  // namespace
}  // namespace tilewright::search
