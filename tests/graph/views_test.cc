#include "graph/views.h"

#include <gtest/gtest.h>

#include "graph/array.h"
#include "graph/partition.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

/// A tensor that a kernel computes, [8, 16], and others made of it.
struct Small {
  Graph graph;
  TensorId x = graph.add_input("x", {DType::f32, {8, 16}});
  TensorId y = add(Relu{}, {x});
  TensorId add(Op op, std::vector<TensorId> inputs) { return graph.add(std::move(op), std::move(inputs), "n"); }
  TensorId rows(TensorId t, std::int64_t begin, std::int64_t count) {
    return add(Slice{{begin, 0}, {1, 1}, {count, graph.shape(t)[1]}}, {t});
  }
  TensorId neg(TensorId t) { return add(Unary{te::UnaryOp::neg}, {t}); }
};

TEST(Views, AreSlicesInOnePieceOfWhatOthersReadToo) {
  Small s;
  const TensorId part = s.rows(s.y, 3, 2), other = s.rows(s.y, 0, 1);
  const TensorId shaped = s.add(Reshape{{32}}, {part});
  s.graph.add_output("a", s.neg(shaped));
  s.graph.add_output("b", s.neg(other));
  const Views views(s.graph);
  EXPECT_EQ(views.memory_of(part).owner, s.y);
  EXPECT_EQ(views.memory_of(part).offset, 3 * 16 * 4);
  EXPECT_EQ(views.memory_of(shaped).owner, s.y);
  EXPECT_EQ(views.memory_of(shaped).offset, 3 * 16 * 4);
  EXPECT_EQ(views.memory_of(s.y).owner, s.y);
}

TEST(Views, AreNoSlicesThatMustMove) {
  Small s;
  const TensorId columns = s.add(Slice{{0, 4}, {1, 1}, {8, 4}}, {s.y});
  const TensorId backwards = s.add(Slice{{7, 0}, {-1, 1}, {8, 16}}, {s.y});
  const TensorId within = s.add(Slice{{2, 1}, {1, 1}, {1, 8}}, {s.y});  // in one piece, but begins anywhere
  const TensorId alone = s.rows(s.neg(s.y), 1, 2);  // may rather be computed with what it is cut from
  for (const TensorId t : {columns, backwards, within, alone}) s.graph.add_output("o" + std::to_string(t), s.neg(t));
  const Views views(s.graph);
  for (const TensorId t : {columns, backwards, within, alone}) EXPECT_EQ(views.memory_of(t).owner, t) << t;
}

TEST(Views, AreJoinedWhereTheyAreWritten) {
  Small s;
  std::vector<TensorId> steps, inner;
  TensorId state = s.rows(s.y, 0, 1);
  for (int i = 0; i < 4; ++i) steps.push_back(state = s.neg(state));
  for (int half = 0; half < 2; ++half)
    inner.push_back(
        s.add(Concat{0}, {steps[static_cast<std::size_t>(2 * half)], steps[static_cast<std::size_t>(2 * half + 1)]}));
  const TensorId all = s.add(Concat{0}, inner);
  s.graph.add_output("all", all);
  const Views views(s.graph);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(views.memory_of(steps[i]).owner, all);
    EXPECT_EQ(views.memory_of(steps[i]).offset, static_cast<std::int64_t>(i) * 16 * 4);
  }
  const Partition cut = partition(s.graph);
  EXPECT_EQ(cut.calls.size(), 4U);  // the steps: nothing is moved
  EXPECT_EQ(cut.tasks.size(), 2U);  // the first one takes its row by itself
  const te::Array x = counting({8, 16});
  te::Array expected({DType::f32, {4, 16}});
  for (int i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 16; ++j) expected.values.push_back(i % 2 == 0 ? -x.values[j] : x.values[j]);
  expect_near(run_reference(cut, {{"x", x}}).at("all"), expected, 0);
}

TEST(Views, AreNotJoinedTwiceNorWhereNothingWritesThem) {
  Small s;
  const TensorId a = s.neg(s.y), b = s.neg(a), c = s.neg(b);
  const TensorId twice = s.add(Concat{0}, {a, a}), with_input = s.add(Concat{0}, {s.x, b});
  const TensorId first = s.add(Concat{0}, {b, c}), second = s.add(Concat{0}, {c, b});
  const TensorId columns = s.add(Concat{1}, {b, c});
  for (const TensorId t : {twice, with_input, first, second, columns}) s.graph.add_output("o" + std::to_string(t), t);
  const Views views(s.graph);
  EXPECT_EQ(views.memory_of(a).owner, a);
  EXPECT_EQ(views.memory_of(b).owner, first);
  EXPECT_EQ(views.memory_of(c).owner, first);
  const Partition cut = partition(s.graph);
  const te::Array x = counting({8, 16});
  const auto outputs = run_reference(cut, {{"x", x}});
  te::Array minus = x;
  for (double& value : minus.values) value = -value;
  const auto joined = [](te::Array p, const te::Array& q) {
    p.shape[0] += q.shape[0];
    p.values.insert(p.values.end(), q.values.begin(), q.values.end());
    return p;
  };
  expect_near(outputs.at("o" + std::to_string(twice)), joined(minus, minus), 0);
  expect_near(outputs.at("o" + std::to_string(with_input)), joined(x, x), 0);
  expect_near(outputs.at("o" + std::to_string(first)), joined(x, minus), 0);
  expect_near(outputs.at("o" + std::to_string(second)), joined(minus, x), 0);
}

}  // namespace
}  // namespace tilewright::graph
