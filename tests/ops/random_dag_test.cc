#include "support/random_dag.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "te/interpreter.h"

namespace tilewright::support {
namespace {

TEST(RandomDag, ComputesFiniteValuesWithinItsWork) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Rng rng(seed);
    const te::DagRef dag = random_dag(rng);
    EXPECT_LE(interpreter_work(*dag), kMaxWork);
    for (const te::Array& output : te::interpret(*dag, te::random_inputs(*dag, seed)))
      for (double value : output.values) ASSERT_TRUE(std::isfinite(value)) << "seed " << seed << "\n" << to_text(*dag);
  }
}

TEST(RandomDag, IsDecidedByItsSeed) {
  Rng a(7), b(7);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(to_text(*random_dag(a)), to_text(*random_dag(b)));
}

}  // namespace
}  // namespace tilewright::support
