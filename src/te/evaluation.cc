#include "te/evaluation.h"

#include "base/error.h"
#include "base/shape_text.h"

namespace tilewright::te {
namespace {

void check_input(const Operation& expected, const Array& found) {
  TW_CHECK(expected.type == found.type, "input {} has type {}, expected {}", expected.name, to_text(found.type),
           to_text(expected.type));
  TW_CHECK(expected.shape == found.shape, "input {} has shape {}, expected {}", expected.name, shape_text(found.shape),
           shape_text(expected.shape));
  TW_CHECK(found.elements() == static_cast<std::int64_t>(found.size()), "input {} has {} values, expected {}",
           expected.name, found.size(), found.elements());
}

}  // namespace

std::vector<Array> input_tensors(const Dag& dag, std::span<const Array> inputs) {
  const std::vector<Tensor> placeholders = dag.inputs();
  TW_CHECK(inputs.size() == placeholders.size(), "{} inputs, expected {}", inputs.size(), placeholders.size());
  std::vector<Array> tensors(dag.ops().size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_input(*placeholders[i], inputs[i]);
    tensors[static_cast<std::size_t>(dag.index_of(placeholders[i].op().get()))] = inputs[i];
  }
  return tensors;
}

}  // namespace tilewright::te
