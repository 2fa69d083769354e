// Matrix products.

#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {

Outputs import_gemm(OnnxNode& node) {
  for (int i = 0; i < 2; ++i)
    if (node.rank(i) != 2) refuse("input {} has shape {}, expected a matrix", i, shape_text(node.shape(i)));
  const double alpha = node.real("alpha", 1), beta = node.real("beta", 1);
  const DType type = node.type(0);
  TensorId b = node.input(1);
  const bool scale_weights = node.is_constant(1);  // then it costs nothing at run time
  if (alpha != 1 && scale_weights) b = node.binary(te::BinaryOp::mul, b, node.scalar(type, alpha));
  TensorId out = node.add(MatMul{node.integer("transA", 0) != 0, node.integer("transB", 0) != 0}, {node.input(0), b});
  if (alpha != 1 && !scale_weights) out = node.binary(te::BinaryOp::mul, out, node.scalar(type, alpha));
  if (!node.has_input(2) || beta == 0) return {out};
  TensorId c = node.input(2);
  if (beta != 1) c = node.binary(te::BinaryOp::mul, c, node.scalar(type, beta));
  const TensorId sum = node.binary(te::BinaryOp::add, out, c);
  if (node.shape_of(sum) != node.shape_of(out))
    refuse("input 2 of shape {} does not broadcast to the product's shape {}", shape_text(node.shape(2)),
           shape_text(node.shape_of(out)));
  return {sum};
}

Outputs import_matmul(OnnxNode& node) {
  if (node.rank(0) == 0 || node.rank(1) == 0) refuse("a scalar is no matrix");
  TensorId a = node.input(0), b = node.input(1);
  const bool vector_a = node.rank(0) == 1, vector_b = node.rank(1) == 1;
  if (vector_a) a = node.reshape(a, {1, node.shape_of(a)[0]});
  if (vector_b) b = node.reshape(b, {node.shape_of(b)[0], 1});
  const TensorId out = node.add(MatMul{}, {a, b});
  Shape shape = node.shape_of(out);
  if (vector_a) shape.erase(shape.end() - 2);
  if (vector_b) shape.pop_back();
  return {node.reshape(out, shape)};
}

}  // namespace tilewright::graph
