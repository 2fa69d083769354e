#include "te/error_bound.h"

#include <cmath>

#include "base/error.h"
#include "te/bounded_evaluator.h"
#include "te/evaluation.h"

namespace tilewright::te {

std::int64_t BoundedArray::first_mismatch(const Array& found) const {
  TW_CHECK(found.type == array.type && found.size() == array.size(), "{} values of {}, expected {} of {}", found.size(),
           to_text(found.type), array.size(), to_text(array.type));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Number is = found.at(i), expected = array.at(i);
    if (is == expected) continue;  // an infinity, too
    const double a = to_double(is), b = to_double(expected);
    if (std::isnan(a) && std::isnan(b)) continue;
    if (bound[i] == 0 || !(std::abs(a - b) <= bound[i])) return static_cast<std::int64_t>(i);
  }
  return -1;
}

std::vector<BoundedArray> interpret_with_bounds(const Dag& dag, std::span<const Array> inputs) {
  std::vector<Array> tensors = input_tensors(dag, inputs);
  std::vector<std::vector<double>> bounds(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Operation& op = *dag.ops()[i];
    if (op.is_placeholder()) continue;
    tensors[i] = Array(op.type, op.shape);
    BoundedEvaluator evaluate(dag, static_cast<int>(i), tensors, bounds);
    std::vector<std::int64_t> point(op.shape.size());
    do {
      const Bounded result = evaluate(point);
      tensors[i].append(is_float(op.type) ? Number(result.value) : Number(result.whole));
      bounds[i].push_back(result.error);
    } while (next_point(point, op.shape));
  }

  std::vector<BoundedArray> outputs;
  for (const Tensor& output : dag.outputs()) {
    const auto i = static_cast<std::size_t>(dag.index_of(output.op().get()));
    outputs.push_back({std::move(tensors[i]), std::move(bounds[i])});
  }
  return outputs;
}

}  // namespace tilewright::te
