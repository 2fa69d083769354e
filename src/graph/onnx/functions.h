#pragma once

#include "graph/onnx/node.h"

// One function per kind of ONNX operator (the table in operators.cc says which); each adds the node's meaning to the
// graph.
namespace tilewright::graph {

using Outputs = std::vector<TensorId>;

// windows.cc
Outputs import_conv(OnnxNode& node);
Outputs import_max_pool(OnnxNode& node);
Outputs import_average_pool(OnnxNode& node);
Outputs import_global_pool(OnnxNode& node);

// products.cc
Outputs import_gemm(OnnxNode& node);
Outputs import_matmul(OnnxNode& node);

// normalize.cc
Outputs import_batch_norm(OnnxNode& node);
Outputs import_softmax(OnnxNode& node);
Outputs import_lrn(OnnxNode& node);
Outputs import_dropout(OnnxNode& node);
Outputs import_reduce(OnnxNode& node);

// elementwise.cc
Outputs import_unary(OnnxNode& node);
Outputs import_binary(OnnxNode& node);
Outputs import_variadic(OnnxNode& node);
Outputs import_pow(OnnxNode& node);
Outputs import_relu(OnnxNode& node);
Outputs import_leaky_relu(OnnxNode& node);
Outputs import_prelu(OnnxNode& node);
Outputs import_elu(OnnxNode& node);
Outputs import_clip(OnnxNode& node);
Outputs import_hard_sigmoid(OnnxNode& node);
Outputs import_hard_swish(OnnxNode& node);
Outputs import_softplus(OnnxNode& node);
Outputs import_reciprocal(OnnxNode& node);
Outputs import_where(OnnxNode& node);
Outputs import_cast(OnnxNode& node);

// shapes.cc
Outputs import_identity(OnnxNode& node);
Outputs import_reshape(OnnxNode& node);
Outputs import_flatten(OnnxNode& node);
Outputs import_squeeze(OnnxNode& node);
Outputs import_unsqueeze(OnnxNode& node);
Outputs import_transpose(OnnxNode& node);
Outputs import_expand(OnnxNode& node);

// pieces.cc
Outputs import_concat(OnnxNode& node);
Outputs import_split(OnnxNode& node);
Outputs import_slice(OnnxNode& node);
Outputs import_pad(OnnxNode& node);
Outputs import_gather(OnnxNode& node);

// constants.cc
Outputs import_constant(OnnxNode& node);
Outputs import_constant_of_shape(OnnxNode& node);
Outputs import_shape(OnnxNode& node);

}  // namespace tilewright::graph
