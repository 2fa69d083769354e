#include "base/parallel_for.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/no_threads.h"

namespace tilewright {
namespace {

TEST(ParallelFor, DoesAllTheWorkWhereNoThreadIsGranted) {
  std::vector<int> done(100);
  const support::NoThreads limit;
  parallel_for(100, 8, [&](int i) { ++done[static_cast<std::size_t>(i)]; });
  EXPECT_EQ(done, std::vector<int>(100, 1));
}

}  // namespace
}  // namespace tilewright
