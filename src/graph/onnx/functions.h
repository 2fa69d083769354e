#pragma once

#include "graph/onnx/node.h"

// One function per kind of ONNX operator (the table in operators.cc says which); each adds the node's meaning to the
// graph.
namespace tilewright::graph {

using Outputs = std::vector<TensorId>;

// conv_pool.cc
Outputs import_conv(OnnxNode& node);
Outputs import_max_pool(OnnxNode& node);
Outputs import_average_pool(OnnxNode& node);
Outputs import_global_pool(OnnxNode& node);

// conv3d.cc
Outputs import_conv3d(OnnxNode& node);
Outputs import_pool3d(OnnxNode& node, PoolKind kind, bool count_padding);

// resize.cc
Outputs import_resize(OnnxNode& node);
Outputs import_upsample(OnnxNode& node);

// conv_transpose.cc
Outputs import_conv_transpose(OnnxNode& node);

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

// activations.cc
Outputs import_selu(OnnxNode& node);
Outputs import_celu(OnnxNode& node);
Outputs import_thresholded_relu(OnnxNode& node);
Outputs import_softsign(OnnxNode& node);
Outputs import_shrink(OnnxNode& node);
Outputs import_mish(OnnxNode& node);
Outputs import_gelu(OnnxNode& node);
Outputs import_swish(OnnxNode& node);
Outputs import_sign(OnnxNode& node);

// predicates.cc
Outputs import_xor(OnnxNode& node);
Outputs import_is_nan(OnnxNode& node);
Outputs import_is_inf(OnnxNode& node);
Outputs import_mod(OnnxNode& node);
Outputs import_bit_shift(OnnxNode& node);
Outputs import_bitwise_not(OnnxNode& node);
Outputs import_cast_like(OnnxNode& node);

// norm.cc
Outputs import_layer_norm(OnnxNode& node);
Outputs import_instance_norm(OnnxNode& node);
Outputs import_group_norm(OnnxNode& node);
Outputs import_mean_variance_norm(OnnxNode& node);
Outputs import_lp_norm(OnnxNode& node);

// arg_onehot.cc
Outputs import_arg_extreme(OnnxNode& node);
Outputs import_hardmax(OnnxNode& node);
Outputs import_one_hot(OnnxNode& node);
Outputs import_eye_like(OnnxNode& node);
Outputs import_trilu(OnnxNode& node);
Outputs import_range(OnnxNode& node);
Outputs import_size(OnnxNode& node);
Outputs import_cum_sum(OnnxNode& node);

// control_flow.cc
Outputs import_if(OnnxNode& node);
Outputs import_loop(OnnxNode& node);
Outputs import_scan(OnnxNode& node);

// recurrent.cc
Outputs import_rnn(OnnxNode& node);
Outputs import_gru(OnnxNode& node);
Outputs import_lstm(OnnxNode& node);

// indexing.cc
Outputs import_gather_elements(OnnxNode& node);
Outputs import_gather_nd(OnnxNode& node);
Outputs import_scatter_elements(OnnxNode& node);
Outputs import_scatter_nd(OnnxNode& node);
Outputs import_top_k(OnnxNode& node);
Outputs import_reverse_sequence(OnnxNode& node);
Outputs import_compress(OnnxNode& node);
Outputs import_non_zero(OnnxNode& node);

// sampling.cc
Outputs import_grid_sample(OnnxNode& node);
Outputs import_roi_align(OnnxNode& node);

// einsum.cc
Outputs import_einsum(OnnxNode& node);

// blocks.cc
Outputs import_tile(OnnxNode& node);
Outputs import_depth_to_space(OnnxNode& node);
Outputs import_space_to_depth(OnnxNode& node);

// shapes.cc
Outputs import_identity(OnnxNode& node);
Outputs import_reshape(OnnxNode& node);
Outputs import_flatten(OnnxNode& node);
Outputs import_squeeze(OnnxNode& node);
Outputs import_unsqueeze(OnnxNode& node);
Outputs import_transpose(OnnxNode& node);
Outputs import_expand(OnnxNode& node);

// slice_concat.cc
Outputs import_concat(OnnxNode& node);
Outputs import_split(OnnxNode& node);
Outputs import_slice(OnnxNode& node);
Outputs import_pad(OnnxNode& node);
Outputs import_center_crop_pad(OnnxNode& node);
Outputs import_gather(OnnxNode& node);

// constants.cc
Outputs import_constant(OnnxNode& node);
Outputs import_constant_of_shape(OnnxNode& node);
Outputs import_shape(OnnxNode& node);

}  // namespace tilewright::graph
