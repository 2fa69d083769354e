// The operators that can be imported. Adding one is adding a line.

#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

const OnnxOperator kOperators[] = {
    {"Abs", 7, 1, 1, {}, import_unary},
    {"Add", 7, 2, 2, {}, import_binary},
    {"And", 7, 2, 2, {}, import_binary},
    {"AveragePool",
     7,
     1,
     1,
     {"auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"},
     import_average_pool},
    {"BatchNormalization", 7, 5, 5, {"epsilon", "momentum", "spatial", "training_mode"}, import_batch_norm},
    {"Cast", 7, 1, 1, {"to", "saturate"}, import_cast},
    {"Ceil", 7, 1, 1, {}, import_unary},
    {"Clip", 7, 1, 3, {"max", "min"}, import_clip},
    {"Concat", 7, 1, kAny, {"axis"}, import_concat},
    {"Constant", 7, 0, 0, {"value", "value_float", "value_floats", "value_int", "value_ints"}, import_constant},
    {"ConstantOfShape", 9, 1, 1, {"value"}, import_constant_of_shape},
    {"Conv", 7, 2, 3, {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"}, import_conv},
    {"Cos", 7, 1, 1, {}, import_unary},
    {"Div", 7, 2, 2, {}, import_binary},
    {"Dropout", 7, 1, 3, {"ratio", "seed"}, import_dropout},
    {"Elu", 7, 1, 1, {"alpha"}, import_elu},
    {"Equal", 7, 2, 2, {}, import_binary},
    {"Erf", 9, 1, 1, {}, import_unary},
    {"Exp", 7, 1, 1, {}, import_unary},
    {"Expand", 8, 2, 2, {}, import_expand},
    {"Flatten", 7, 1, 1, {"axis"}, import_flatten},
    {"Floor", 7, 1, 1, {}, import_unary},
    {"Gather", 7, 2, 2, {"axis"}, import_gather},
    {"Gemm", 7, 2, 3, {"alpha", "beta", "transA", "transB"}, import_gemm},
    {"GlobalAveragePool", 7, 1, 1, {}, import_global_pool},
    {"GlobalMaxPool", 7, 1, 1, {}, import_global_pool},
    {"Greater", 7, 2, 2, {}, import_binary},
    {"GreaterOrEqual", 12, 2, 2, {}, import_binary},
    {"HardSigmoid", 7, 1, 1, {"alpha", "beta"}, import_hard_sigmoid},
    {"HardSwish", 14, 1, 1, {}, import_hard_swish},
    {"Identity", 7, 1, 1, {}, import_identity},
    {"LRN", 7, 1, 1, {"alpha", "beta", "bias", "size"}, import_lrn},
    {"LeakyRelu", 7, 1, 1, {"alpha"}, import_leaky_relu},
    {"Less", 7, 2, 2, {}, import_binary},
    {"LessOrEqual", 12, 2, 2, {}, import_binary},
    {"Log", 7, 1, 1, {}, import_unary},
    {"LogSoftmax", 7, 1, 1, {"axis"}, import_softmax},
    {"MatMul", 7, 2, 2, {}, import_matmul},
    {"Max", 7, 1, kAny, {}, import_variadic},
    {"MaxPool",
     7,
     1,
     1,
     {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"},
     import_max_pool},
    {"Mean", 7, 1, kAny, {}, import_variadic},
    {"Min", 7, 1, kAny, {}, import_variadic},
    {"Mul", 7, 2, 2, {}, import_binary},
    {"Neg", 7, 1, 1, {}, import_unary},
    {"Not", 7, 1, 1, {}, import_unary},
    {"Or", 7, 2, 2, {}, import_binary},
    {"PRelu", 7, 2, 2, {}, import_prelu},
    {"Pad", 7, 1, 4, {"mode", "pads", "value"}, import_pad},
    {"Pow", 7, 2, 2, {}, import_pow},
    {"Reciprocal", 7, 1, 1, {}, import_reciprocal},
    {"ReduceL1", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"ReduceL2", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"ReduceMax", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"ReduceMean", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"ReduceMin", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"ReduceSum", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"ReduceSumSquare", 7, 1, 2, {"axes", "keepdims", "noop_with_empty_axes"}, import_reduce},
    {"Relu", 7, 1, 1, {}, import_relu},
    {"Reshape", 7, 2, 2, {"allowzero"}, import_reshape},
    {"Round", 11, 1, 1, {}, import_unary},
    {"Shape", 7, 1, 1, {"end", "start"}, import_shape},
    {"Sigmoid", 7, 1, 1, {}, import_unary},
    {"Sin", 7, 1, 1, {}, import_unary},
    {"Slice", 7, 1, 5, {"axes", "ends", "starts"}, import_slice},
    {"Softmax", 7, 1, 1, {"axis"}, import_softmax},
    {"Softplus", 7, 1, 1, {}, import_softplus},
    {"Split", 7, 1, 2, {"axis", "num_outputs", "split"}, import_split},
    {"Sqrt", 7, 1, 1, {}, import_unary},
    {"Squeeze", 7, 1, 2, {"axes"}, import_squeeze},
    {"Sub", 7, 2, 2, {}, import_binary},
    {"Sum", 7, 1, kAny, {}, import_variadic},
    {"Tan", 7, 1, 1, {}, import_unary},
    {"Tanh", 7, 1, 1, {}, import_unary},
    {"Transpose", 7, 1, 1, {"perm"}, import_transpose},
    {"Unsqueeze", 7, 1, 2, {"axes"}, import_unsqueeze},
    {"Where", 9, 3, 3, {}, import_where},
};

}  // namespace

std::span<const OnnxOperator> onnx_operators() { return kOperators; }

const OnnxOperator* find_onnx_operator(std::string_view name) {
  for (const OnnxOperator& op : kOperators)
    if (op.name == name) return &op;
  return nullptr;
}

}  // namespace tilewright::graph
