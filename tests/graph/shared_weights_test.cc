// Weights that several layers read are in a compiled model once, in whatever layout they are needed.

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "backend/cpu/backend.h"
#include "compile/compile_model.h"
#include "graph/passes.h"
#include "loop/lower.h"
#include "space/search_space.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

constexpr std::int64_t kSide = 64;
constexpr std::int64_t kWeightBytes = kSide * kSide * 4;

runtime::Tensor weights(Shape shape, float first = 0) {
  runtime::Tensor tensor(DType::f32, std::move(shape));
  for (std::int64_t i = 0; i < tensor.elements(); ++i)
    tensor.as<float>()[static_cast<std::size_t>(i)] = first + static_cast<float>(i % 97);
  return tensor;
}

/// Four products in a row, whose transposed right sides `weight` gives.
Graph four_products(const std::function<TensorId(Graph&)>& weight) {
  Graph graph;
  TensorId t = graph.add_input("x", {DType::f32, {8, kSide}});
  for (int i = 0; i < 4; ++i) t = graph.add(Softmax{1}, {graph.add(MatMul{false, true}, {t, weight(graph)}, "m")}, "s");
  graph.add_output("y", t);
  return graph;
}

std::int64_t bytes_of_constants(const Graph& graph, const compile::Scheduler& scheduler) {
  std::int64_t bytes = 0;
  for (const runtime::Tensor& constant :
       compile::compile_plan(partition(graph), scheduler, cpu::make_target(target::host_target()), 1).constants)
    bytes += constant.bytes();
  return bytes;
}

schedule::State plain(const task::Task& task) { return schedule::State::initial(task.dag); }

/// The first schedule of a fixed sequence of random ones that packs a constant.
schedule::State packing(const task::Task& task) {
  const space::SearchSpace space(task.dag, {}, {});
  Rng rng(7);
  for (int sketch = 0; sketch < static_cast<int>(space.sketches().size()); ++sketch) {
    const auto state = space.sample(sketch, rng);
    const Result<loop::Program> program = state ? loop::lower(*state) : Failure{};
    if (program && !program->packed.empty()) return *state;
  }
  return space.default_state();
}

TEST(SharedWeights, AreThereOnceWhereOneTensorIsTransposedForEachUse) {
  TensorId shared = -1;
  const Graph graph = optimize(four_products([&](Graph& g) {
    if (shared < 0) shared = g.add_constant("w", weights({kSide, kSide}));
    return g.add(Identity{}, {shared}, "i");
  }));
  EXPECT_EQ(bytes_of_constants(graph, plain), kWeightBytes);
}

TEST(SharedWeights, AreThereOnceWhereEqualBytesAreStoredApart) {
  const Graph graph = optimize(four_products([](Graph& g) { return g.add_constant("w", weights({kSide, kSide})); }));
  EXPECT_EQ(bytes_of_constants(graph, plain), kWeightBytes);
}

TEST(SharedWeights, AreThereOnceAsTheirKernelPacksThem) {
  const Graph graph = optimize(four_products([](Graph& g) { return g.add_constant("w", weights({kSide, kSide})); }));
  int packed = 0;
  const auto scheduler = [&](const task::Task& task) {
    schedule::State state = packing(task);
    const Result<loop::Program> program = loop::lower(state);
    packed += program && !program->packed.empty() ? 1 : 0;
    return state;
  };
  EXPECT_LT(bytes_of_constants(graph, scheduler), 2 * kWeightBytes);
  EXPECT_GE(packed, 1);
}

TEST(SharedWeights, ShareTheirMemoryBeforeTheyAreCompiled) {
  const Graph graph = optimize(four_products([](Graph& g) { return g.add_constant("w", weights({kSide, kSide})); }));
  std::set<const void*> memory;
  for (TensorId id = 0; id < graph.num_tensors(); ++id)
    if (graph.tensor(id).is_constant()) memory.insert(graph.tensor(id).constant->data());
  EXPECT_EQ(memory.size(), 1u);
}

TEST(SharedWeights, ThatDifferAreAllThere) {
  float first = 0;
  const Graph graph =
      optimize(four_products([&](Graph& g) { return g.add_constant("w", weights({kSide, kSide}, ++first)); }));
  EXPECT_EQ(bytes_of_constants(graph, plain), 4 * kWeightBytes);
}

TEST(Constants, ThatBroadcastingRepeatsAreThereWithoutTheirRepetitions) {
  Graph graph;
  const TensorId row = graph.add_constant("row", weights({1, 1024}));
  const TensorId rows = graph.add(Expand{{64, 1024}}, {row}, "e");
  const TensorId x = graph.add_input("x", {DType::f32, {64, 1024}});
  const TensorId narrow = graph.add_input("narrow", {DType::f32, {1, 1024}});
  graph.add_output("y", graph.add(Binary{te::BinaryOp::add}, {x, rows}, "a"));
  EXPECT_EQ(bytes_of_constants(optimize(graph), plain), 4096);
  graph.add_output("z", graph.add(Binary{te::BinaryOp::add}, {narrow, rows}, "b"));  // only here, all rows are needed
  EXPECT_EQ(bytes_of_constants(optimize(graph), plain), 4096 + 64 * 4096);
}

TEST(Constants, ThatWouldMakeAModelMuchLargerAreComputedByEachRun) {
  Graph graph;
  const TensorId row = graph.add_constant("row", weights({1, 1024}));
  const auto repeated = [&](std::int64_t rows) { return graph.add(Expand{{rows, 1024}}, {row}, "e"); };
  const std::int64_t most_rows = kMostGrowthBytes / 4096;
  EXPECT_FALSE(graph.tensor(repeated(most_rows + 2)).is_constant());
  EXPECT_TRUE(graph.tensor(repeated(most_rows * 3 / 4)).is_constant());
  EXPECT_FALSE(graph.tensor(repeated(most_rows * 3 / 4)).is_constant()) << "many that are small enough by themselves";
  EXPECT_TRUE(graph.tensor(repeated(8)).is_constant());
}

}  // namespace
}  // namespace tilewright::graph
