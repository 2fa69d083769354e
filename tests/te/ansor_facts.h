#pragma once

// What the real Ansor (TVM 0.19.0) says about the workloads of ansor_workloads.h: its DAG text, its access analysis and
// its FLOP count, copied from its output.

#include <string_view>

namespace tilewright::te {

struct AnsorFacts {
  std::string_view workload;
  std::string_view dag;                 ///< ComputeDAG as text
  std::string_view operations;          ///< per operation: name, simple access, strictly inlineable, needs tiling
  std::string_view elementwise_match;   ///< every pair that matches
  std::string_view common_outer_loops;  ///< every pair of producer and direct consumer
  double flops;
};

inline constexpr AnsorFacts kAnsorFacts[] = {
    {"matmul_512",
     "A = PLACEHOLDER [512, 512]\n"
     "B = PLACEHOLDER [512, 512]\n"
     "C(i, j) += (A[i, k]*B[k, j])\n",
     "A 1 0 0\n"
     "B 1 0 0\n"
     "C 0 0 1\n",
     "",
     "A C 1\n"
     "B C 0\n",
     268435456.0},
    {"conv2d_nhwc_bias_relu",
     "data = PLACEHOLDER [1, 56, 56, 64]\n"
     "pad_temp(i0, i1, i2, i3) = tir.if_then_else(((((i1 >= 1) && (i1 < 57)) && (i2 >= 1)) && (i2 < 57)), data[i0, (i1 "
     "- 1), (i2 - 1), i3], 0f)\n"
     "kernel = PLACEHOLDER [3, 3, 64, 64]\n"
     "conv2d_nhwc(nn, yy, xx, ff) += (pad_temp[nn, (yy + ry), (xx + rx), rc]*kernel[ry, rx, rc, ff])\n"
     "bias = PLACEHOLDER [1, 1, 1, 64]\n"
     "T_add(ax0, ax1, ax2, ax3) = (conv2d_nhwc[ax0, ax1, ax2, ax3] + bias[ax0, 0, 0, ax3])\n"
     "compute(i0, i1, i2, i3) = max(T_add[i0, i1, i2, i3], 0f)\n",
     "data 1 0 0\n"
     "pad_temp 1 0 0\n"
     "kernel 1 0 0\n"
     "conv2d_nhwc 0 0 1\n"
     "bias 1 0 0\n"
     "T_add 1 1 0\n"
     "compute 1 1 0\n",
     "conv2d_nhwc -> T_add\n"
     "conv2d_nhwc -> compute\n"
     "T_add -> compute\n",
     "data pad_temp 1\n"
     "pad_temp conv2d_nhwc 1\n"
     "kernel conv2d_nhwc 0\n"
     "conv2d_nhwc T_add 4\n"
     "bias T_add 1\n"
     "T_add compute 4\n",
     231612416.0},
    {"conv2d_nhwc_bn_relu",
     "data = PLACEHOLDER [1, 28, 28, 128]\n"
     "PaddedInput(i0, i1, i2, i3) = data[i0, i1, i2, i3]\n"
     "kernel = PLACEHOLDER [1, 1, 128, 256]\n"
     "Conv2dOutput(nn, yy, xx, ff) += (PaddedInput[nn, ((yy*2) + ry), ((xx*2) + rx), rc]*kernel[ry, rx, rc, ff])\n"
     "bias = PLACEHOLDER [256]\n"
     "bias_add(i, j, k, l) = (Conv2dOutput[i, j, k, l] + bias[l])\n"
     "bn_scale = PLACEHOLDER [256]\n"
     "bn_mul(i, j, k, l) = (bias_add[i, j, k, l]*bn_scale[l])\n"
     "bn_offset = PLACEHOLDER [256]\n"
     "bn_add(i, j, k, l) = (bn_mul[i, j, k, l] + bn_offset[l])\n"
     "compute(i0, i1, i2, i3) = max(bn_add[i0, i1, i2, i3], 0f)\n",
     "data 1 0 0\n"
     "PaddedInput 1 1 0\n"
     "kernel 1 0 0\n"
     "Conv2dOutput 0 0 1\n"
     "bias 1 0 0\n"
     "bias_add 1 1 0\n"
     "bn_scale 1 0 0\n"
     "bn_mul 1 1 0\n"
     "bn_offset 1 0 0\n"
     "bn_add 1 1 0\n"
     "compute 1 1 0\n",
     "Conv2dOutput -> bias_add\n"
     "Conv2dOutput -> bn_mul\n"
     "Conv2dOutput -> bn_add\n"
     "Conv2dOutput -> compute\n"
     "bias_add -> bn_mul\n"
     "bias_add -> bn_add\n"
     "bias_add -> compute\n"
     "bn_mul -> bn_add\n"
     "bn_mul -> compute\n"
     "bn_add -> compute\n",
     "data PaddedInput 4\n"
     "PaddedInput Conv2dOutput 1\n"
     "kernel Conv2dOutput 0\n"
     "Conv2dOutput bias_add 4\n"
     "bias bias_add 0\n"
     "bias_add bn_mul 4\n"
     "bn_scale bn_mul 0\n"
     "bn_mul bn_add 4\n"
     "bn_offset bn_add 0\n"
     "bn_add compute 4\n",
     13045760.0},
    {"softmax_512",
     "A = PLACEHOLDER [512, 512]\n"
     "T_softmax_maxelem(i0) max= A[i0, k]\n"
     "T_softmax_exp(i0, i1) = tir.exp((A[i0, i1] - T_softmax_maxelem[i0]))\n"
     "T_softmax_expsum(i0) += T_softmax_exp[i0, k]\n"
     "T_softmax_norm(i0, i1) = (T_softmax_exp[i0, i1]/T_softmax_expsum[i0])\n",
     "A 1 0 0\n"
     "T_softmax_maxelem 0 0 0\n"
     "T_softmax_exp 1 0 0\n"
     "T_softmax_expsum 0 0 0\n"
     "T_softmax_norm 1 1 0\n",
     "",
     "A T_softmax_maxelem 1\n"
     "A T_softmax_exp 2\n"
     "T_softmax_maxelem T_softmax_exp 1\n"
     "T_softmax_exp T_softmax_expsum 1\n"
     "T_softmax_exp T_softmax_norm 2\n"
     "T_softmax_expsum T_softmax_norm 1\n",
     1048576.0},
    {"depthwise_conv2d_nhwc",
     "data = PLACEHOLDER [1, 112, 112, 32]\n"
     "PaddedInput(i0, i1, i2, i3) = tir.if_then_else(((((i1 >= 1) && (i1 < 113)) && (i2 >= 1)) && (i2 < 113)), "
     "data[i0, (i1 - 1), (i2 - 1), i3], 0f)\n"
     "kernel = PLACEHOLDER [3, 3, 32, 1]\n"
     "DepthwiseConv2d(b, i, j, c) += (PaddedInput[b, (i + di), (j + dj), c]*kernel[di, dj, c, 0])\n",
     "data 1 0 0\n"
     "PaddedInput 1 0 0\n"
     "kernel 1 0 0\n"
     "DepthwiseConv2d 0 0 1\n",
     "",
     "data PaddedInput 1\n"
     "PaddedInput DepthwiseConv2d 1\n"
     "kernel DepthwiseConv2d 0\n",
     7225344.0},
    {"max_pool2d_nhwc",
     "x = PLACEHOLDER [1, 112, 112, 64]\n"
     "pad_temp(ax0, ax1, ax2, ax3) = tir.if_then_else(((((ax1 >= 1) && (ax1 < 113)) && (ax2 >= 1)) && (ax2 < 113)), "
     "x[ax0, (ax1 - 1), (ax2 - 1), ax3], -3.40282e+38f)\n"
     "pool_max(ax0, ax1, ax2, ax3) max= pad_temp[ax0, ((ax1*2) + rv0), ((ax2*2) + rv1), ax3]\n",
     "x 1 0 0\n"
     "pad_temp 1 0 0\n"
     "pool_max 0 0 0\n",
     "",
     "x pad_temp 1\n"
     "pad_temp pool_max 1\n",
     1806336.0},
    {"tbg_transpose_batch_matmul",
     "query = PLACEHOLDER [1, 128, 12, 64]\n"
     "query_T(b, h, l, d) = query[b, l, h, d]\n"
     "value = PLACEHOLDER [1, 128, 12, 64]\n"
     "value_T(b, h, d, l) = value[b, l, h, d]\n"
     "C(b, h, i, j) += (query_T[b, h, i, k]*value_T[b, h, k, j])\n",
     "query 1 0 0\n"
     "query_T 1 0 0\n"
     "value 1 0 0\n"
     "value_T 1 0 0\n"
     "C 0 0 1\n",
     "",
     "query query_T 1\n"
     "query_T C 3\n"
     "value value_T 1\n"
     "value_T C 2\n",
     25165824.0},
    {"conv2d_transpose_nhwc",
     "inputs = PLACEHOLDER [1, 8, 8, 256]\n"
     "PadInput(i0, i1, i2, i3) = tir.if_then_else(((((i1 >= 1) && (i1 < 9)) && (i2 >= 1)) && (i2 < 9)), inputs[i0, (i1 "
     "- 1), (i2 - 1), i3], 0f)\n"
     "weight = PLACEHOLDER [4, 4, 256, 128]\n"
     "conv2d_transpose_nhwc(n, h, w, co) += (tir.if_then_else(((floormod((h + rh), 2) == 0) && (floormod((w + rw), 2) "
     "== 0)), PadInput[n, floordiv((h + rh), 2), floordiv((w + rw), 2), rc], 0f)*weight[(3 - rh), (3 - rw), rc, co])\n",
     "inputs 1 0 0\n"
     "PadInput 1 0 0\n"
     "weight 1 0 0\n"
     "conv2d_transpose_nhwc 0 0 1\n",
     "",
     "inputs PadInput 1\n"
     "PadInput conv2d_transpose_nhwc 1\n"
     "weight conv2d_transpose_nhwc 0\n",
     268435456.0},
    {"dilated_conv2d_nhwc",
     "inputs = PLACEHOLDER [1, 14, 14, 256]\n"
     "PadInput(i0, i1, i2, i3) = tir.if_then_else(((((i1 >= 1) && (i1 < 15)) && (i2 >= 1)) && (i2 < 15)), inputs[i0, "
     "(i1 - 1), (i2 - 1), i3], 0f)\n"
     "weight = PLACEHOLDER [3, 3, 256, 256]\n"
     "conv2d_nhwc(n, h, w, co) += (PadInput[n, (h + (rh*2)), (w + (rw*2)), ((floordiv(co, 256)*256) + rc)]*weight[rh, "
     "rw, rc, co])\n",
     "inputs 1 0 0\n"
     "PadInput 1 0 0\n"
     "weight 1 0 0\n"
     "conv2d_nhwc 0 0 1\n",
     "",
     "inputs PadInput 1\n"
     "PadInput conv2d_nhwc 1\n"
     "weight conv2d_nhwc 0\n",
     169869312.0},
    {"group_conv2d_nchw",
     "data = PLACEHOLDER [1, 64, 56, 56]\n"
     "pad_temp(i0, i1, i2, i3) = tir.if_then_else(((((i2 >= 1) && (i2 < 57)) && (i3 >= 1)) && (i3 < 57)), data[i0, i1, "
     "(i2 - 1), (i3 - 1)], 0f)\n"
     "kernel = PLACEHOLDER [128, 16, 3, 3]\n"
     "group_conv2d_nchw(nn, ff, yy, xx) += (pad_temp[nn, ((floordiv(ff, 32)*16) + rc), ((yy*2) + ry), ((xx*2) + "
     "rx)]*kernel[ff, rc, ry, rx])\n",
     "data 1 0 0\n"
     "pad_temp 1 0 0\n"
     "kernel 1 0 0\n"
     "group_conv2d_nchw 0 0 1\n",
     "",
     "data pad_temp 2\n"
     "pad_temp group_conv2d_nchw 1\n"
     "kernel group_conv2d_nchw 0\n",
     28901376.0},
    {"norm_bmn_1",
     "A = PLACEHOLDER [1, 512, 512]\n"
     "C(b) += (A[b, i, j]*A[b, i, j])\n"
     "D(b) = tir.sqrt(C[b])\n",
     "A 1 0 0\n"
     "C 0 0 0\n"
     "D 1 1 0\n",
     "C -> D\n",
     "A C 1\n"
     "C D 1\n",
     524288.0},
    {"elementwise_chain",
     "x = PLACEHOLDER [1024, 1024]\n"
     "a(i, j) = (x[i, j]*2f)\n"
     "b(i, j) = tir.exp(a[i, j])\n"
     "c(i, j) = (b[i, j] + 1f)\n",
     "x 1 0 0\n"
     "a 1 1 0\n"
     "b 1 0 0\n"
     "c 1 1 0\n",
     "a -> b\n"
     "a -> c\n"
     "b -> c\n",
     "x a 2\n"
     "a b 2\n"
     "b c 2\n",
     2097152.0},
    {"transpose",
     "x = PLACEHOLDER [1024, 1024]\n"
     "T(i, j) = x[j, i]\n",
     "x 1 0 0\n"
     "T 1 0 0\n",
     "", "x T 0\n", 0.0},
    {"reduce_sum_all",
     "x = PLACEHOLDER [1024, 1024]\n"
     "x_red() += x[k0, k1]\n",
     "x 1 0 0\n"
     "x_red 0 0 0\n",
     "", "x x_red 0\n", 1048576.0},
};

}  // namespace tilewright::te
