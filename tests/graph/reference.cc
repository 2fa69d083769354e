#include "reference.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/integer.h"
#include "base/rng.h"
#include "graph/array.h"

namespace tilewright::graph {

Arrays run_reference(const Partition& partition, const Arrays& inputs) {
  const Graph& graph = partition.graph;
  std::map<TensorId, te::Array> memory;  // by the tensor that owns it
  for (const GraphPort& port : graph.inputs()) memory[port.tensor] = inputs.at(port.name);
  const auto read = [&](TensorId id, const Shape& shape) {
    const auto [owner, offset] = partition.views.memory_of(id);
    const bool is_constant = graph.tensor(owner).is_constant();
    const te::Array whole = is_constant ? to_array(*graph.tensor(owner).constant) : memory.at(owner);
    const std::int64_t begin = offset / bytes_of(whole.type), end = begin + product(shape);
    te::Array array(whole.type, shape);
    if (!whole.values.empty()) array.values = {whole.values.begin() + begin, whole.values.begin() + end};
    if (!whole.integers.empty()) array.integers = {whole.integers.begin() + begin, whole.integers.begin() + end};
    return array;
  };
  const auto write = [&](TensorId id, const te::Array& part) {
    const auto [owner, offset] = partition.views.memory_of(id);
    const auto elements = static_cast<std::size_t>(product(graph.shape(owner)));
    te::Array& whole = memory.try_emplace(owner, part.type, graph.shape(owner)).first->second;
    const std::int64_t begin = offset / bytes_of(part.type);
    if (!part.values.empty()) whole.values.resize(elements);
    if (!part.integers.empty()) whole.integers.resize(elements);
    std::ranges::copy(part.values, whole.values.begin() + begin);
    std::ranges::copy(part.integers, whole.integers.begin() + begin);
  };
  for (const TaskCall& call : partition.calls) {
    const te::Dag& dag = *partition.tasks[static_cast<std::size_t>(call.task)].dag;
    std::vector<te::Array> arguments;
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      arguments.push_back(read(call.inputs[i], dag.inputs()[i].shape()));
    write(call.output, te::interpret(dag, arguments)[0]);
  }
  Arrays outputs;
  for (const GraphPort& port : graph.outputs()) outputs[port.name] = read(port.tensor, graph.shape(port.tensor));
  return outputs;
}

te::Array random_array(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  te::Array result(DType::f32, shape);
  for (std::int64_t i = 0; i < product(shape); ++i) result.values.push_back(static_cast<float>(2 * rng.uniform() - 1));
  return result;
}

te::Array counting(const Shape& shape) {
  te::Array result(DType::f32, shape);
  for (std::int64_t i = 0; i < product(shape); ++i) result.values.push_back(static_cast<double>(i + 1));
  return result;
}

te::Array array(const Shape& shape, std::vector<double> values, DType type) { return {type, shape, std::move(values)}; }

void expect_near(const te::Array& actual, const te::Array& expected, double tolerance) {
  EXPECT_EQ(actual.type, expected.type);
  ASSERT_EQ(actual.shape, expected.shape);
  ASSERT_EQ(actual.integers, expected.integers);
  ASSERT_EQ(actual.values.size(), expected.values.size());
  for (std::size_t i = 0; i < actual.values.size(); ++i) {
    if (actual.values[i] == expected.values[i]) continue;  // infinities are equal, and have no difference
    ASSERT_NEAR(actual.values[i], expected.values[i], tolerance) << "element " << i;
  }
}

}  // namespace tilewright::graph
