#include "reference.h"

#include <gtest/gtest.h>

#include "base/integer.h"
#include "base/rng.h"
#include "graph/array.h"

namespace tilewright::graph {

Arrays run_reference(const Partition& partition, const Arrays& inputs) {
  const Graph& graph = partition.graph;
  std::map<TensorId, std::vector<double>> memory;  // by the tensor that owns it
  for (const Port& port : graph.inputs()) memory[port.tensor] = inputs.at(port.name).values;
  const auto read = [&](TensorId id) {
    const TensorId owner = partition.memory_of(id);
    if (graph.tensor(owner).is_constant()) return to_array(*graph.tensor(owner).constant).values;
    return memory.at(owner);
  };
  for (const TaskCall& call : partition.calls) {
    const te::Dag& dag = *partition.tasks[static_cast<std::size_t>(call.task)].dag;
    std::vector<te::Array> arguments;
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      arguments.push_back({dag.inputs()[i].type(), dag.inputs()[i].shape(), read(call.inputs[i])});
    memory[call.output] = te::interpret(dag, arguments)[0].values;
  }
  Arrays outputs;
  for (const Port& port : graph.outputs())
    outputs[port.name] = {graph.type(port.tensor).type, graph.shape(port.tensor), read(port.tensor)};
  return outputs;
}

te::Array random_array(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  te::Array result{DType::f32, shape, {}};
  for (std::int64_t i = 0; i < product(shape); ++i) result.values.push_back(static_cast<float>(2 * rng.uniform() - 1));
  return result;
}

te::Array counting(const Shape& shape) {
  te::Array result{DType::f32, shape, {}};
  for (std::int64_t i = 0; i < product(shape); ++i) result.values.push_back(static_cast<double>(i + 1));
  return result;
}

te::Array array(const Shape& shape, std::vector<double> values, DType type) { return {type, shape, std::move(values)}; }

void expect_near(const te::Array& actual, const te::Array& expected, double tolerance) {
  EXPECT_EQ(actual.type, expected.type);
  ASSERT_EQ(actual.shape, expected.shape);
  ASSERT_EQ(actual.values.size(), expected.values.size());
  for (std::size_t i = 0; i < actual.values.size(); ++i)
    ASSERT_NEAR(actual.values[i], expected.values[i], tolerance) << "element " << i;
}

}  // namespace tilewright::graph
