#include "cost/analytic/footprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/rng.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

/// The access of `nest` to the buffer by that name in its last update.
int access_of(const Nest& nest, const std::string& name) {
  int found = -1;
  for (std::size_t a = 0; a < nest.accesses.size(); ++a) {
    const Access& access = nest.accesses[a];
    const bool update = nest.leaves[static_cast<std::size_t>(access.leaf)].update;
    if (update && nest.program->buffer(access.buffer).name == name) found = static_cast<int>(a);
  }
  return found;
}

TEST(Footprints, AgreeWithAMatmulWorkedOutByHand) {
  // i 128 = 4 x 4 x 8, j 128 = 1 x 4 x 32, k 64 = 1 x 64; chain: i0j0 i1 j1 k1 i3 j3 (extent 1 loops vanish).
  const loop::Program program = lowered_matmul(128, 128, 64, {});
  const Nest nest = flatten(program);
  const Footprints footprints(nest, test_machine());
  const auto a = footprints.elements(access_of(nest, "A")), b = footprints.elements(access_of(nest, "B"));
  ASSERT_EQ(a.size(), 8u);  // the program, six loops, one element
  const std::vector<double> expected_a{8192, 8192, 2048, 512, 512, 8, 1, 1};
  const std::vector<double> expected_b{8192, 8192, 8192, 8192, 2048, 32, 32, 1};
  EXPECT_EQ(std::vector<double>(a.begin(), a.end()), expected_a);
  EXPECT_EQ(std::vector<double>(b.begin(), b.end()), expected_b);
}

TEST(Footprints, CountWholeLinesPerRow) {
  const loop::Program program = lowered_matmul(128, 128, 64, {});
  const Nest nest = flatten(program);
  const Footprints footprints(nest, test_machine());
  const auto a = footprints.bytes(access_of(nest, "A"));
  EXPECT_EQ(a[5], 8 * 64);        // eight rows, one element each: eight lines
  EXPECT_EQ(a[3], 8 * 64 * 4);    // eight rows of 64 elements
  EXPECT_EQ(a[0], 128 * 64 * 4);  // all of it, contiguous
}

TEST(Footprints, KnowTheStepsOfEveryLoop) {
  const loop::Program program = lowered_matmul(128, 128, 64, {});
  const Nest nest = flatten(program);
  const Footprints footprints(nest, test_machine());
  const auto a = footprints.strides(access_of(nest, "A")), b = footprints.strides(access_of(nest, "B"));
  EXPECT_EQ(a[4], 1);    // k
  EXPECT_EQ(a[5], 64);   // a row of the tile
  EXPECT_EQ(a[6], 0);    // a column: the same element
  EXPECT_EQ(b[4], 128);  // k
  EXPECT_EQ(b[5], 0);
  EXPECT_EQ(b[6], 1);
}

TEST(Footprints, OfALoopBodyCountEachBufferOnce) {
  const loop::Program program = lowered_matmul(128, 128, 64, {});
  const Nest nest = flatten(program);
  const Footprints footprints(nest, test_machine());
  EXPECT_EQ(footprints.body_bytes(0), 4 * (128 * 64 + 64 * 128 + 128 * 128 + 8 * 32));
}

/// Elements in the box that an access really spans, by running its leaf's loops.
double box(const Nest& nest, int access) {
  const Access& a = nest.accesses[static_cast<std::size_t>(access)];
  std::vector<const NestLoop*> chain;
  for (int id = nest.leaves[static_cast<std::size_t>(a.leaf)].loop; id > 0;
       id = nest.loops[static_cast<std::size_t>(id)].parent)
    chain.push_back(&nest.loops[static_cast<std::size_t>(id)]);
  std::map<int, std::int64_t> at;
  std::vector<std::pair<std::int64_t, std::int64_t>> range(a.indices->size(), {1 << 30, -(1 << 30)});
  const auto visit = [&](const auto& self, std::size_t depth) -> void {
    if (depth == chain.size()) {
      for (std::size_t d = 0; d < range.size(); ++d) {
        const auto v = nest.program->indices.evaluate((*a.indices)[d], [&](int atom) { return at[atom]; });
        range[d] = {std::min(range[d].first, v), std::max(range[d].second, v)};
      }
      return;
    }
    for (std::int64_t i = 0; i < chain[depth]->extent; ++i) at[chain[depth]->var] = i, self(self, depth + 1);
  };
  visit(visit, 0);
  double elements = 1;
  for (const auto& [low, high] : range) elements *= static_cast<double>(high - low + 1);
  return elements;
}

TEST(Footprints, OfWholeNestsAreTheBoxesThatTheirIndicesSpan) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Rng rng(seed);
    const auto pick = [&](std::initializer_list<int> of) {
      return *(of.begin() + rng.below(static_cast<int>(of.size())));
    };
    Tiles tiles;
    tiles.rows = pick({1, 2, 4}), tiles.columns = pick({2, 4, 8}), tiles.steps = pick({1, 2, 4});
    tiles.row_blocks = pick({1, 2}), tiles.column_blocks = pick({1, 2, 4});
    tiles.parallel = rng.chance(0.5);
    const loop::Program program = lowered_matmul(16, 32, 8, tiles);
    const Nest nest = flatten(program);
    const Footprints footprints(nest, test_machine());
    for (std::size_t a = 0; a < nest.accesses.size(); ++a)
      EXPECT_EQ(footprints.elements(static_cast<int>(a))[0], box(nest, static_cast<int>(a))) << "seed " << seed;
  }
}

TEST(Footprints, NeverGrowTowardsInnerLoops) {
  for (std::int64_t columns : {1, 2, 16, 64}) {
    Tiles tiles;
    tiles.columns = columns;
    const loop::Program program = lowered_matmul(256, 256, 128, tiles);
    const Nest nest = flatten(program);
    const Footprints footprints(nest, test_machine());
    for (std::size_t a = 0; a < nest.accesses.size(); ++a) {
      const auto bytes = footprints.bytes(static_cast<int>(a));
      EXPECT_TRUE(std::is_sorted(bytes.rbegin(), bytes.rend()));
    }
  }
}

}  // namespace
}  // namespace tilewright::cost
