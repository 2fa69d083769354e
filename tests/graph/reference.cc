#include "reference.h"

#include <gtest/gtest.h>

#include "base/integer.h"
#include "base/rng.h"
#include "graph/array.h"

namespace tilewright::graph {

Arrays run_reference(const Partition& partition, const Arrays& inputs) {
  const Graph& graph = partition.graph;
  std::map<TensorId, te::Array> memory;  // by the tensor that owns it
  for (const GraphPort& port : graph.inputs()) memory[port.tensor] = inputs.at(port.name);
  const auto read = [&](TensorId id, const Shape& shape) {
    const TensorId owner = partition.memory_of(id);
    const bool is_constant = graph.tensor(owner).is_constant();
    te::Array array = is_constant ? to_array(*graph.tensor(owner).constant) : memory.at(owner);
    array.shape = shape;
    return array;
  };
  for (const TaskCall& call : partition.calls) {
    const te::Dag& dag = *partition.tasks[static_cast<std::size_t>(call.task)].dag;
    std::vector<te::Array> arguments;
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      arguments.push_back(read(call.inputs[i], dag.inputs()[i].shape()));
    memory[call.output] = te::interpret(dag, arguments)[0];
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
