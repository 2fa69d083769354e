"""The workloads whose sketches and samples are compared with Ansor's, as TVM tensor expressions.

WORKLOADS maps the name of a file in tests/schedule/ansor to (function, arguments, cores). tests/schedule/workloads.h
builds the same computations; a workload added here is added there.
"""

import tvm
from tvm import te, topi
from tvm.meta_schedule.testing import te_workload


def matmul(n, l, m):
    a, b = te.placeholder((n, l), name="A"), te.placeholder((l, m), name="B")
    k = te.reduce_axis((0, l), name="k")
    return [a, b, te.compute((n, m), lambda i, j: te.sum(a[i, k] * b[k, j], axis=k), name="C")]


def matmul_bias_relu(n, l, m):
    a, b, bias = te.placeholder((n, l), name="A"), te.placeholder((l, m), name="B"), te.placeholder((m,), name="bias")
    k = te.reduce_axis((0, l), name="k")
    c = te.compute((n, m), lambda i, j: te.sum(a[i, k] * b[k, j], axis=k), name="C")
    return [a, b, bias, topi.nn.relu(te.compute((n, m), lambda i, j: c[i, j] + bias[j], name="D"))]


def matmul_layout_free(n, l, m):
    a, b = te.placeholder((n, l), name="A"), te.placeholder((l, m), name="B")
    k = te.reduce_axis((0, l), name="k")
    attributes = {"layout_free_placeholders": [b]}
    return [a, b, te.compute((n, m), lambda i, j: te.sum(a[i, k] * b[k, j], axis=k), name="C", attrs=attributes)]


def dense(n, l, m):
    a, b = te.placeholder((n, l), name="A"), te.placeholder((m, l), name="B")
    return [a, b, topi.nn.dense(a, b)]


def two_layer_matmul(n, m, l, k):
    a, b, c = te.placeholder((n, k), name="A"), te.placeholder((k, l), name="B"), te.placeholder((l, m), name="C")
    k, l_axis = te.reduce_axis((0, k), name="k"), te.reduce_axis((0, l), name="l")
    d = te.compute((n, l), lambda i, j: te.sum(a[i, k] * b[k, j], axis=k), name="D")
    return [a, b, c, te.compute((n, m), lambda i, j: te.sum(d[i, l_axis] * c[l_axis, j], axis=l_axis), name="E")]


def matvec(n, l):
    a, x = te.placeholder((n, l), name="A"), te.placeholder((l,), name="x")
    k = te.reduce_axis((0, l), name="k")
    return [a, x, te.compute((n,), lambda i: te.sum(a[i, k] * x[k], axis=k), name="y")]


def batch_matmul(batch, n, m, l):
    x, y = te.placeholder((batch, n, l), name="X"), te.placeholder((batch, l, m), name="Y")
    k = te.reduce_axis((0, l), name="k")
    return [x, y, te.compute((batch, n, m), lambda b, i, j: te.sum(x[b, i, k] * y[b, k, j], axis=k), name="Z")]


def batch_matmul_nt(batch, n, m, l):
    x, y = te.placeholder((batch, n, l), name="X"), te.placeholder((batch, m, l), name="Y")
    return [x, y, topi.nn.batch_matmul(x, y)]


def conv2d_nchw_bias_relu(n, h, w, co, ci, kh, kw, stride, padding):
    data, kernel = te.placeholder((n, ci, h, w), name="data"), te.placeholder((co, ci, kh, kw), name="kernel")
    bias = te.placeholder((1, co, 1, 1), name="bias")
    conv = topi.nn.conv2d_nchw(data, kernel, stride, padding, dilation=1, out_dtype="float32")
    return [data, kernel, bias, topi.nn.relu(conv + bias)]


def conv2d_nhwc(n, h, w, co, ci, kh, kw, stride, padding):
    data, kernel = te.placeholder((n, h, w, ci), name="data"), te.placeholder((kh, kw, ci, co), name="kernel")
    return [data, kernel, topi.nn.conv2d_nhwc(data, kernel, stride, padding, dilation=1, out_dtype="float32")]


def conv2d_nhwc_bias_relu(n, h, w, co, ci, kh, kw, stride, padding):
    data, kernel, conv = conv2d_nhwc(n, h, w, co, ci, kh, kw, stride, padding)
    bias = te.placeholder((1, 1, 1, co), name="bias")
    return [data, kernel, bias, topi.nn.relu(conv + bias)]


def depthwise_conv2d_nhwc(n, h, w, c, k, stride, pad):
    data, kernel = te.placeholder((n, h, w, c), name="data"), te.placeholder((k, k, c, 1), name="kernel")
    return [data, kernel, topi.nn.depthwise_conv2d_nhwc(data, kernel, stride, pad, 1)]


def depthwise_conv2d_nhwc_bias_relu(n, h, w, c, k, stride, pad):
    data, kernel, conv = depthwise_conv2d_nhwc(n, h, w, c, k, stride, pad)
    bias = te.placeholder((1, 1, 1, c), name="bias")
    return [data, kernel, bias, topi.nn.relu(conv + bias)]


def depthwise_conv2d_nchw(n, c, h, w, k, stride, pad):
    data, kernel = te.placeholder((n, c, h, w), name="data"), te.placeholder((c, 1, k, k), name="kernel")
    return [data, kernel, topi.nn.depthwise_conv2d_nchw(data, kernel, stride, pad, 1)]


def group_conv2d_nchw(n, ci, h, w, co, k, stride, pad, groups):
    data = te.placeholder((n, ci, h, w), name="data")
    kernel = te.placeholder((co, ci // groups, k, k), name="kernel")
    return [data, kernel, topi.nn.group_conv2d_nchw(data, kernel, stride, pad, 1, groups)]


def winograd_conv2d_nhwc(n, h, w, ci, co, k, stride, pad):
    data, kernel = te.placeholder((n, h, w, ci), name="data"), te.placeholder((k, k, ci, co), name="kernel")
    return [data, kernel, topi.nn.conv2d_winograd_nhwc(data, kernel, stride, pad, 1, "float32")]


def winograd_conv2d_nhwc_transformed_weight(n, h, w, ci, co, k, stride, pad):
    data, kernel = te.placeholder((n, h, w, ci), name="data"), te.placeholder((6, 6, co, ci), name="kernel_packed")
    winograd = topi.nn.conv2d_winograd_nhwc_without_weight_transform
    return [data, kernel, winograd(data, kernel, stride, pad, 1, "float32")]


def softmax(m, n):
    a = te.placeholder((m, n), name="A")
    return [a, topi.nn.softmax(a, axis=1)]


def max_pool2d_nchw(n, c, h, w, k, stride, pad):
    x = te.placeholder((n, c, h, w), name="x")
    return [x, topi.nn.pool2d(x, [k, k], [stride, stride], [1, 1], [pad] * 4, "max")]


def max_pool2d_nhwc(n, h, w, c, k, stride, pad):
    x = te.placeholder((n, h, w, c), name="x")
    return [x, topi.nn.pool2d(x, [k, k], [stride, stride], [1, 1], [pad] * 4, "max", layout="NHWC")]


def global_avg_pool(shape, y):
    """The mean over axes y and y + 1. topi's own has windows of symbolic size, which its rfactor rule can't measure;
    here they are constant, as in every network that is compiled for one shape."""
    x, height, width = te.placeholder(shape, name="x"), shape[y], shape[y + 1]
    rv0, rv1 = te.reduce_axis((0, height), name="rv0"), te.reduce_axis((0, width), name="rv1")
    reduced = tuple(1 if y <= d <= y + 1 else extent for d, extent in enumerate(shape))

    def window(*axes):
        index = list(axes)
        index[y], index[y + 1] = axes[y] * height + rv0, axes[y + 1] * width + rv1
        return te.sum(x(*index), axis=[rv0, rv1])

    total = te.compute(reduced, lambda ax0, ax1, ax2, ax3: window(ax0, ax1, ax2, ax3), name="adaptive_pool_sum")
    mean = lambda ax0, ax1, ax2, ax3: total[ax0, ax1, ax2, ax3] / tvm.tir.const(float(height * width), "float32")
    return [x, te.compute(reduced, mean, name="adaptive_pool_avg")]


def global_avg_pool_nchw(n, c, h, w):
    return global_avg_pool((n, c, h, w), 2)


def global_avg_pool_nhwc(n, h, w, c):
    return global_avg_pool((n, h, w, c), 1)


def reduce_sum_all(m, n):
    x = te.placeholder((m, n), name="x")
    return [x, topi.sum(x, axis=[0, 1])]


def transpose_batch_matmul_softmax(batch, length, heads, dim):
    query, value, scores = te_workload.transpose_batch_matmul(batch, length, heads, dim)
    return [query, value, topi.nn.softmax(scores, axis=3)]


def elementwise_chain(m, n):
    x = te.placeholder((m, n), name="x")
    a = te.compute((m, n), lambda i, j: x[i, j] * 2.0, name="a")
    b = te.compute((m, n), lambda i, j: te.exp(a[i, j]), name="b")
    return [x, te.compute((m, n), lambda i, j: b[i, j] + 1.0, name="c")]


def transpose(n, m):
    x = te.placeholder((n, m), name="x")
    return [x, te.compute((m, n), lambda i, j: x[j, i], name="T")]


def listed(function):
    """The same workload with its tensors as a list, which is what TVM registers."""

    def workload(*arguments):
        return list(function(*arguments))

    workload.__name__ = function.__name__
    return workload


conv1d_nlc = listed(te_workload.conv1d_nlc)
conv2d_nhwc_bn_relu = listed(te_workload.conv2d_nhwc_bn_relu)
grouped_conv2d_nhwc = listed(te_workload.conv2d_nhwc)
conv2d_transpose_nhwc = listed(te_workload.conv2d_transpose_nhwc)
norm_bmn = listed(te_workload.norm_bmn)
transpose_batch_matmul = listed(te_workload.transpose_batch_matmul)

WORKLOADS = {
    "matmul_512": (matmul, (512, 512, 512), 2),
    "matmul_4_2048_4": (matmul, (4, 2048, 4), 2),
    "matmul_8_512_8_cores20": (matmul, (8, 512, 8), 20),
    "matmul_bias_relu_512": (matmul_bias_relu, (512, 512, 512), 2),
    "matmul_layout_free_512": (matmul_layout_free, (512, 512, 512), 2),
    "topi_dense_128_768_3072": (dense, (128, 768, 3072), 2),
    "two_layer_mm_128": (two_layer_matmul, (128, 128, 128, 128), 2),
    "matvec_1024": (matvec, (1024, 1024), 2),
    "batch_matmul_12x128x64": (batch_matmul, (12, 128, 128, 64), 2),
    "topi_batch_matmul_12x128x64": (batch_matmul_nt, (12, 128, 128, 64), 2),
    "conv1d_nlc": (conv1d_nlc, (1, 256, 64, 128, 3, 2, 1), 2),
    "conv2d_nchw_bias_relu": (conv2d_nchw_bias_relu, (1, 56, 56, 64, 64, 3, 3, 1, 1), 2),
    "conv2d_nhwc_bias_relu": (conv2d_nhwc_bias_relu, (1, 56, 56, 64, 64, 3, 3, 1, 1), 2),
    "conv2d_nhwc_plain": (conv2d_nhwc, (1, 56, 56, 64, 64, 3, 3, 1, 1), 2),
    "conv2d_nhwc_1x1": (conv2d_nhwc, (1, 14, 14, 512, 256, 1, 1, 1, 0), 2),
    "conv2d_nhwc_bn_relu": (conv2d_nhwc_bn_relu, (1, 28, 28, 128, 256, 1, 2, 0), 2),
    "conv2d_transpose_nhwc": (conv2d_transpose_nhwc, (1, 8, 8, 256, 128, 4, 2, 1), 2),
    "dilated_conv2d_nhwc": (grouped_conv2d_nhwc, (1, 14, 14, 256, 256, 3, 1, 1, 2), 2),
    "depthwise_conv2d_nchw": (depthwise_conv2d_nchw, (1, 32, 112, 112, 3, 1, 1), 2),
    "depthwise_conv2d_nhwc": (depthwise_conv2d_nhwc, (1, 112, 112, 32, 3, 1, 1), 2),
    "depthwise_conv2d_nhwc_bias_relu": (depthwise_conv2d_nhwc_bias_relu, (1, 112, 112, 32, 3, 1, 1), 2),
    "group_conv2d_nchw": (group_conv2d_nchw, (1, 64, 56, 56, 128, 3, 2, 1, 4), 2),
    "winograd_conv2d_nhwc": (winograd_conv2d_nhwc, (1, 28, 28, 128, 128, 3, 1, 1), 2),
    "winograd_conv2d_nhwc_nwt": (winograd_conv2d_nhwc_transformed_weight, (1, 28, 28, 128, 128, 3, 1, 1), 2),
    "softmax_512": (softmax, (512, 512), 2),
    "norm_bmn_1": (norm_bmn, (1, 512, 512), 2),
    "max_pool2d_nhwc": (max_pool2d_nhwc, (1, 112, 112, 64, 3, 2, 1), 2),
    "max_pool2d_nchw_cores20": (max_pool2d_nchw, (1, 64, 112, 112, 3, 2, 1), 20),
    "global_avg_pool_nchw": (global_avg_pool_nchw, (1, 512, 7, 7), 2),
    "global_avg_pool_nhwc": (global_avg_pool_nhwc, (1, 7, 7, 512), 2),
    "reduce_sum_all": (reduce_sum_all, (1024, 1024), 2),
    "tbg_transpose_batch_matmul": (transpose_batch_matmul, (1, 128, 12, 64), 2),
    "tbs_transpose_batch_matmul_softmax": (transpose_batch_matmul_softmax, (1, 128, 12, 64), 2),
    "elementwise_chain": (elementwise_chain, (1024, 1024), 2),
    "transpose": (transpose, (1024, 1024), 2),
}

# Those of which mutated states are kept, too.
EVOLVED = ("matmul_512", "conv2d_nhwc_bias_relu", "softmax_512")
