// Networks compiled to machine code with the simplest schedule, against the interpreter.

#include <gtest/gtest.h>

#include "backend/cpu/backend.h"
#include "compile/compile_model.h"
#include "graph/array.h"
#include "graph/passes.h"
#include "loop/lower.h"
#include "random_network.h"
#include "reference.h"
#include "space/search_space.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

schedule::State plain(const task::Task& task) { return schedule::State::initial(task.dag); }

/// Random networks, compiled with the schedules given, compute what the interpreter does.
void expect_agreement(std::uint64_t first_seed, const compile::Scheduler& scheduler) {
  const backend::TargetRef target = cpu::make_target(target::host_target());
  runtime::ThreadPool pool({.threads = 2, .pin = false});
  for (std::uint64_t seed = first_seed; seed < first_seed + 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    const Partition cut = partition(optimize(random_network(rng, 12)));
    const runtime::Model model = compile::compile(cut, scheduler, target);
    const te::Array x = random_array(model.inputs()[0].shape, seed);
    const Arrays expected = run_reference(cut, {{"x", x}});
    for (const auto& [name, actual] : model.run({{"x", to_tensor(x)}}, pool)) {
      double scale = 1;
      for (const double v : expected.at(name).values) scale = std::max(scale, std::abs(v));
      expect_near(to_array(actual), expected.at(name), 1e-4 * scale);
    }
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Compile, RandomNetworksComputeWhatTheInterpreterDoes) { expect_agreement(0, plain); }

/// A random schedule that packs a constant, where there is one.
schedule::State packed(const task::Task& task, int& found) {
  const space::SearchSpace space(task.dag, {}, {});
  Rng rng(7);
  for (int sketch = 0; sketch < static_cast<int>(space.sketches().size()); ++sketch) {
    const auto state = space.sample(sketch, rng);
    const Result<loop::Program> program = state ? loop::lower(*state) : Failure{};
    if (!program || program->packed.empty()) continue;
    ++found;
    return *state;
  }
  return space.default_state();
}

TEST(Compile, KernelsFindTheirConstantsAsTheyPackThem) {
  int found = 0;
  expect_agreement(100, [&](const task::Task& task) { return packed(task, found); });
  EXPECT_GE(found, 5);
}

TEST(Compile, AsksForEachTaskOnceAndCarriesItsTarget) {
  Graph graph;
  TensorId t = graph.add_input("x", {DType::f32, {4}});
  for (int i = 0; i < 2; ++i) t = graph.add(Softmax{0}, {t}, "s");
  graph.add_output("y", t);
  const backend::TargetRef target = cpu::make_target(target::host_target());
  int asked = 0;
  const runtime::Model model = compile::compile(
      partition(graph),
      [&](const task::Task& task) {
        ++asked;
        EXPECT_EQ(task.count, 2);
        return plain(task);
      },
      target, 1);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(model.plan().target, target->fingerprint());
  EXPECT_EQ(model.plan().calls.size(), 2u);
  EXPECT_FALSE(model.plan().required_features.empty());
}

te::Array run_once(const Graph& graph, const compile::Scheduler& scheduler, const te::Array& x) {
  runtime::ThreadPool pool({.threads = 1, .pin = false});
  const runtime::Model model = compile::compile(partition(graph), scheduler, cpu::make_target(target::host_target()));
  return to_array(model.run({{"x", to_tensor(x)}}, pool).at("y"));
}

schedule::State by_default(const task::Task& task) { return space::SearchSpace(task.dag, {}, {}).default_state(); }

TEST(Compile, MakesKernelsThatReadNothing) {
  Graph graph;
  const TensorId x = graph.add_input("x", {DType::i32, {37}});
  const TensorId one = graph.add_constant("one", to_tensor(array({}, {1}, DType::i32)));
  graph.add_output("y", graph.add(Binary{te::BinaryOp::floor_mod}, {x, one}, "rest"));
  const te::Array zeros = array({37}, std::vector<double>(37, 0), DType::i32);
  expect_near(run_once(graph, plain, zeros), zeros);
  expect_near(run_once(graph, by_default, zeros), zeros);
}

TEST(Compile, SurvivesChainsThatDouble) {
  Graph graph;
  TensorId t = graph.add_input("x", {DType::f32, {5, 5}});
  for (int i = 0; i < 40; ++i) t = graph.add(Binary{te::BinaryOp::add}, {t, t}, "n");
  graph.add_output("y", t);
  te::Array expected = counting({5, 5});
  for (double& v : expected.values) v = std::ldexp(v, 40);
  expect_near(run_once(graph, by_default, counting({5, 5})), expected);
}

/// All inlined, and all loops unrolled: far more code than is compiled.
schedule::State unrolled(const task::Task& task) {
  schedule::State state = schedule::State::initial(task.dag);
  const int last = state.num_stages() - 1;
  state.apply(schedule::AnnotateStep{last, 0, schedule::Annotation::unroll});
  return state;
}

TEST(Compile, TakesThePlainScheduleWhereTheGivenOneMakesTooLargeAProgram) {
  Graph graph;
  const TensorId x = graph.add_input("x", {DType::f32, {100000}});
  graph.add_output("y", graph.add(Binary{te::BinaryOp::add}, {x, x}, "n"));
  te::Array expected = counting({100000});
  for (double& v : expected.values) v *= 2;
  expect_near(run_once(graph, unrolled, counting({100000})), expected);
}

}  // namespace
}  // namespace tilewright::graph
