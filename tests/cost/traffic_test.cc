#include "cost/analytic/traffic.h"

#include <gtest/gtest.h>

#include "cost/analytic/parallelism.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

constexpr double kRow = 4096;  // elements

/// y[i, j] = x[i, j] over `rows` rows.
loop::Program copy_of(std::int64_t rows) {
  const te::Tensor x = te::placeholder({rows, static_cast<std::int64_t>(kRow)}, "x");
  return lowered(schedule::State::initial(
      te::Dag::make({x, te::compute(x.shape(), "y", [&](std::span<const te::Expr> i) { return x(i[0], i[1]); })})));
}

Traffic traffic(const loop::Program& program, const Machine& machine, std::size_t leaf = 0) {
  const Nest nest = flatten(program);
  return traffic_of(nest, Footprints(nest, machine), machine)[leaf];
}

TEST(Traffic, OfAProgramThatFitsIsNothing) {
  const Traffic t = traffic(copy_of(16), test_machine());  // 512 KiB
  EXPECT_GT(t.bytes[0], 0);
  EXPECT_EQ(t.bytes[1], 0);
  EXPECT_EQ(t.bytes[2], 0);
}

TEST(Traffic, OfAStreamIsItsBytesAndThoseWrittenTwice) {
  const double bytes = 16 * kRow * 4;
  EXPECT_EQ(traffic(copy_of(16), test_machine()).bytes[0], 3 * bytes);
}

TEST(Traffic, OfAnOperandThatStaysIsItsBytesOnce) {
  // Rows of A and the panel of B that the inner loops reuse fit L1; C streams.
  const loop::Program program = lowered_matmul(512, 32, 64, {.parallel = false, .row_blocks = 64, .column_blocks = 1});
  Machine machine = test_machine();
  const Traffic update = traffic(program, machine, 1);
  const double a = 512 * 64 * 4, b = 64 * 32 * 4;
  EXPECT_GE(update.bytes[0], a);
  EXPECT_LE(update.bytes[0], a + b + 8 * 32 * 4 * 2);
  machine.capacity[0] = 2 << 10;  // now B is fetched again for every tile of rows
  EXPECT_GE(traffic(program, machine, 1).bytes[0], a + 64 * b);
}

TEST(Traffic, SeesRowsThatShareASet) {
  // A tile of 16 rows of A, 4096 bytes apart: 16 lines in one set of 8 ways are fetched for every step.
  const Tiles tiles{.rows = 16, .columns = 16, .steps = 64, .unroll = 16, .parallel = false};
  const Traffic far = traffic(lowered_matmul(64, 16, 1024, tiles), test_machine(), 1);
  const Traffic near =
      traffic(lowered_matmul(64, 16, 1040, {.rows = 16, .columns = 16, .steps = 65, .unroll = 16, .parallel = false}),
              test_machine(), 1);
  EXPECT_GT(far.bytes[0], 8 * near.bytes[0]);
}

TEST(Parallelism, IsTheExtentOverTheBusiestCoresShare) {
  const auto cores_for = [](std::int64_t rows) {
    const loop::Program program = lowered_matmul(rows, 32, 64, {.row_blocks = 1, .column_blocks = 1});
    return parallelism_of(flatten(program), test_machine())[1].cores;
  };
  EXPECT_EQ(cores_for(8), 1);  // one tile: the loop is gone
  EXPECT_EQ(cores_for(16), 2);
  EXPECT_EQ(cores_for(24), 1.5);
  EXPECT_EQ(cores_for(64), 2);
}

TEST(Parallelism, ChargesEachLoopOnce) {
  const loop::Program program = lowered_matmul(128, 128, 64, {});
  const Nest nest = flatten(program);
  double forks = 0;
  for (const Parallelism& p : parallelism_of(nest, test_machine())) forks += p.fork_cycles;
  EXPECT_EQ(forks, test_machine().fork_cycles);
}

}  // namespace
}  // namespace tilewright::cost
