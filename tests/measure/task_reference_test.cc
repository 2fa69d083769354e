#include "measure/runner/task_reference.h"

#include <gtest/gtest.h>

#include "base/element.h"
#include "base/fill_input.h"

namespace tilewright::measure {
namespace {

te::DagRef product_of(std::int64_t m, std::int64_t n, std::int64_t k, const char* name = "C") {
  const te::Tensor a = te::placeholder({m, k}, "A"), b = te::placeholder({k, n}, "B");
  const te::AxisRef axis = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute(
      {m, n}, name, [&](std::span<const te::Expr> i) { return te::sum(a(i[0], axis) * b(axis, i[1]), {axis}); });
  return te::Dag::make({a, b, c});
}

TEST(TaskReference, IsWhatTheInterpreterFindsForTheInputsOfTheSeed) {
  const te::DagRef dag = product_of(3, 2, 5);
  const auto reference = interpreted_reference(*dag, 9, 1e-6);
  ASSERT_TRUE(reference);
  ASSERT_EQ(reference->outputs.size(), 1U);
  ASSERT_EQ(reference->outputs[0].size(), 6 * sizeof(float));
  float a[15], b[10];
  fill_input(DType::f32, a, 15, 9, 0);
  fill_input(DType::f32, b, 10, 9, 1);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 2; ++j) {
      double sum = 0;
      for (int k = 0; k < 5; ++k) sum += static_cast<double>(a[i * 5 + k]) * b[k * 2 + j];
      EXPECT_EQ(to_double(load_element(DType::f32, reference->outputs[0].data(), i * 2 + j)), static_cast<float>(sum));
    }
  }
}

TEST(TaskReference, IsLeftToTheFirstCandidateWhereTheInterpreterWouldTakeLong) {
  EXPECT_FALSE(interpreted_reference(*product_of(128, 128, 128), 1, 1e-6));
}

TEST(TaskMessage, ListsArgumentsAsAKernelTakesThem) {
  const TaskMessage message = task_message(*product_of(3, 2, 5), 9);
  ASSERT_EQ(message.arguments.size(), 3U);
  EXPECT_EQ(message.arguments[2].name, "C");
  EXPECT_TRUE(message.arguments[2].is_output);
  EXPECT_FALSE(message.arguments[1].is_output);
  EXPECT_EQ(message.arguments[1].shape, (std::vector<std::int64_t>{5, 2}));
}

}  // namespace
}  // namespace tilewright::measure
