#include "te/interpreter.h"

#include <cmath>

#include "base/error.h"
#include "base/integer.h"
#include "base/rng.h"
#include "base/rounding.h"
#include "te/evaluation.h"
#include "te/evaluator.h"

namespace tilewright::te {
namespace {

Array compute_tensor(const Dag& dag, int i, const std::vector<Array>& tensors) {
  const Operation& op = *dag.ops()[static_cast<std::size_t>(i)];
  Array result(op.type, op.shape);
  Evaluator evaluate(dag, i, tensors);
  std::vector<std::int64_t> point(op.shape.size());
  do {
    result.append(evaluate(point));
  } while (next_point(point, op.shape));
  return result;
}

Number random_value(DType type, Rng& rng) {
  if (type == DType::f64) return rng.uniform() * 2 - 1;
  if (is_float(type)) {
    const double steps = type == DType::bf16 ? 0x1p7 : 0x1p23;  // every step is a value of the type
    return static_cast<double>(rng.below(static_cast<std::int64_t>(2 * steps))) / steps - 1;
  }
  if (type == DType::boolean) return rng.below(2);
  return type == DType::u8 ? rng.between(0, 9) : rng.between(-9, 9);
}

/// Roundings that a value of `e` goes through on its way to the root, at two per math function (the usual bound of a
/// vector math library is 1 ulp, and exp within sigmoid or sqrt within rsqrt adds one).
int roundings(const Expr& e) {
  int inside = 0;
  if (!as<Load>(e)) for_each_child(e, [&](const Expr& child) { inside += roundings(child); });
  if (!is_float(e.type())) return inside;
  if (as<Binary>(e) || as<Cast>(e)) return inside + 1;
  return inside + (as<Unary>(e) ? 2 : 0);
}

}  // namespace

Array::Array(DType type, std::vector<std::int64_t> shape, std::vector<double> elements)
    : type(type), shape(std::move(shape)) {
  if (is_float(type))
    values = std::move(elements);
  else
    for (const double element : elements) append(element);
}

std::int64_t Array::elements() const { return product(shape); }

void Array::append(const Number& value) {
  if (is_float(type))
    values.push_back(to_double(value));
  else
    integers.push_back(to_integer(type, value));
}

std::vector<Array> interpret(const Dag& dag, std::span<const Array> inputs) {
  std::vector<Array> tensors = input_tensors(dag, inputs);
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (!dag.ops()[i]->is_placeholder()) tensors[i] = compute_tensor(dag, static_cast<int>(i), tensors);

  std::vector<Array> outputs;
  for (const Tensor& output : dag.outputs())
    outputs.push_back(std::move(tensors[static_cast<std::size_t>(dag.index_of(output.op().get()))]));
  return outputs;
}

std::vector<Array> random_inputs(const Dag& dag, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Array> arrays;
  for (const Tensor& input : dag.inputs()) {
    Array array(input.type(), input.shape());
    for (std::int64_t i = 0; i < array.elements(); ++i) array.append(random_value(array.type, rng));
    arrays.push_back(std::move(array));
  }
  return arrays;
}

double tolerance(const Dag& dag) {
  constexpr double kHalfUlp = 0x1p-24;
  double total = 0;
  for (const Tensor& tensor : dag.ops()) {
    if (tensor->is_placeholder()) continue;
    const Reduce* reduction = as<Reduce>(tensor->body);
    double additions = 0;
    if (reduction && reduction->combiner == Combiner::sum) {
      additions = 1;
      for (const AxisRef& axis : reduction->axes) additions *= static_cast<double>(axis->extent);
    }
    const int inner = roundings(reduction ? reduction->source : tensor->body);
    total += 2 * kHalfUlp * (2 + inner + additions);
  }
  return total;
}

}  // namespace tilewright::te
