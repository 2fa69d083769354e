#include "node_runs.h"

#include "backend/cpu/backend.h"
#include "compile/compile_model.h"
#include "graph/passes.h"
#include "space/search_space.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

/// Calls f with a number of the type that elements have in memory; bf16 has none.
template <class F>
auto with_number(DType type, const F& f) {
  switch (type) {
    case DType::boolean:
    case DType::u8:
      return f(std::uint8_t{});
    case DType::i8:
      return f(std::int8_t{});
    case DType::i32:
      return f(std::int32_t{});
    case DType::i64:
      return f(std::int64_t{});
    case DType::f64:
      return f(double{});
    default:
      return f(float{});
  }
}

OnnxModel model_of(const OneNode& node, const std::vector<runtime::Tensor>& inputs, std::size_t computed) {
  OnnxModel model(node.opset);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    names.push_back("x" + std::to_string(i));
    if (i < computed)
      model.input(names[i], inputs[i].shape(), onnx_type(inputs[i].type()));
    else
      model.weight(names[i], inputs[i]);
  }
  return model.node(node.op, names, {"y"}, node.attributes).output("y");
}

schedule::State plain(const task::Task& task) { return schedule::State::initial(task.dag); }
schedule::State by_default(const task::Task& task) { return space::SearchSpace(task.dag, {}, {}).default_state(); }

}  // namespace

Real exact_element(const runtime::Tensor& tensor, std::int64_t i) {
  return with_number(tensor.type(), [&](auto number) {
    return static_cast<Real>(static_cast<const decltype(number)*>(tensor.data())[i]);
  });
}

std::vector<Real> exact_elements(const runtime::Tensor& tensor) {
  std::vector<Real> values;
  for (std::int64_t i = 0; i < tensor.elements(); ++i) values.push_back(exact_element(tensor, i));
  return values;
}

runtime::Tensor real_tensor(DType type, const Shape& shape, const std::vector<Real>& values) {
  runtime::Tensor tensor(type, shape);
  for (std::size_t i = 0; i < values.size(); ++i)
    with_number(type, [&](auto number) {
      static_cast<decltype(number)*>(tensor.data())[i] = static_cast<decltype(number)>(values[i]);
    });
  return tensor;
}

Real rounded(DType type, Real value) {
  return with_number(type, [&](auto number) { return static_cast<Real>(static_cast<decltype(number)>(value)); });
}

NodeRuns::NodeRuns(OneNode node, std::vector<runtime::Tensor> inputs, std::size_t computed)
    : node_(std::move(node)), inputs_(std::move(inputs)) {
  const Partition cut = partition(optimize(model_of(node_, inputs_, computed).import().graph));
  const std::pair<const char*, compile::Scheduler> schedulers[] = {{"default schedule", by_default},
                                                                   {"plain loops", plain}};
  for (const auto& [how, scheduler] : schedulers)
    kernels_.emplace_back(how, compile::compile(cut, scheduler, cpu::make_target(target::host_target()), 1));
}

std::vector<NodeRun> NodeRuns::run(const std::vector<runtime::Tensor>& computed) const {
  std::vector<runtime::Tensor> inputs = inputs_;
  std::map<std::string, runtime::Tensor> feeds;
  for (std::size_t i = 0; i < computed.size(); ++i) feeds["x" + std::to_string(i)] = inputs[i] = computed[i];
  std::vector<NodeRun> runs;
  const Graph folded = optimize(model_of(node_, inputs, 0).import().graph);
  if (const TensorInfo& value = folded.tensor(folded.outputs()[0].tensor); value.is_constant())
    runs.push_back({"folded", *value.constant});
  runtime::ThreadPool pool({.threads = 1, .pin = false});
  for (const auto& [how, model] : kernels_) runs.push_back({how, model.run(feeds, pool).at("y")});
  return runs;
}

}  // namespace tilewright::graph
