#include "task/task.h"

#include <gtest/gtest.h>

#include "task/measurement.h"

namespace tilewright::task {
namespace {

te::DagRef product_of(std::int64_t m, std::int64_t n, std::int64_t k, const char* name = "C") {
  const te::Tensor a = te::placeholder({m, k}, "A"), b = te::placeholder({k, n}, "B");
  const te::AxisRef axis = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute(
      {m, n}, name, [&](std::span<const te::Expr> i) { return te::sum(a(i[0], axis) * b(axis, i[1]), {axis}); });
  return te::Dag::make({a, b, c});
}

TEST(Task, HasAKeyOfStructureAndShapes) {
  const Task task = make_task(product_of(2, 3, 4), "matmul 2x3x4", 5);
  EXPECT_EQ(task.key.size(), std::string(R"(["0123456789abcdef",[2,4],[4,3],[2,3]])").size()) << task.key;
  EXPECT_EQ(task.key.substr(19), R"(,[2,4],[4,3],[2,3]])");
  EXPECT_EQ(task.flops, 2 * 2 * 3 * 4);
  EXPECT_EQ(task.count, 5);
  EXPECT_EQ(make_task(product_of(2, 3, 4, "D"), "").key, task.key) << "names do not matter";
  EXPECT_NE(make_task(product_of(2, 3, 5), "").key, task.key);
}

TEST(Measurement, TakesTheFastestRunForItsTime) {
  Measurement measurement;
  EXPECT_EQ(measurement.time_s(), 1e10);
  measurement.times_s = {3, 1, 2};
  EXPECT_EQ(measurement.time_s(), 1);
  measurement.error = ErrorKind::runtime;
  EXPECT_EQ(measurement.time_s(), 1e10);
}

}  // namespace
}  // namespace tilewright::task
