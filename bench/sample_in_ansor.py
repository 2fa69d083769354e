"""Random schedules drawn by the real Ansor (TVM 0.19) for one of the reference workloads, as lines of its log.

    sample_in_ansor.py OPERATOR JSON-ARGUMENTS COUNT FILE

Run with a Python that has TVM. The definitions are those of the workloads matmul, conv2d_bias_relu, depthwise_conv2d and softmax.
"""
import json
import os
import sys

os.environ["TVM_NUM_THREADS"] = "2"  # before TVM loads: Ansor takes it for the number of cores
import tvm
from tvm import auto_scheduler, te, topi


def matmul(b, n, m, k):
    left, right = te.placeholder((b, n, k), name="A"), te.placeholder((b, k, m), name="B")
    r = te.reduce_axis((0, k), name="k")
    return [left, right, te.compute((b, n, m), lambda i, x, y: te.sum(left[i, x, r] * right[i, r, y], axis=r), name="C")]


def conv2d_bias_relu(n, h, w, ci, co, k, stride, pad):
    data, kernel = te.placeholder((n, h, w, ci), name="data"), te.placeholder((k, k, ci, co), name="kernel")
    bias = te.placeholder((co,), name="bias")
    conv = topi.nn.conv2d_nhwc(data, kernel, stride, pad, dilation=1, out_dtype="float32")
    out = te.compute(conv.shape, lambda i, y, x, o: te.max(conv[i, y, x, o] + bias[o], 0.0), name="out")
    return [data, kernel, bias, out]


def depthwise_conv2d(n, h, w, c, k, stride, pad):
    data, kernel = te.placeholder((n, h, w, c), name="data"), te.placeholder((k, k, c, 1), name="kernel")
    return [data, kernel, topi.nn.depthwise_conv2d_nhwc(data, kernel, stride, pad, dilation=1, out_dtype="float32")]


def softmax(m, n):
    data = te.placeholder((m, n), name="data")
    return [data, topi.nn.softmax(data, axis=1)]


operator, arguments, count, path = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
auto_scheduler.register_workload(globals()[operator])
target = tvm.target.Target(f"llvm -mcpu={tvm.target.codegen.llvm_get_system_cpu()} -num-cores=2")
task = auto_scheduler.SearchTask(func=globals()[operator], args=tuple(arguments), target=target)
options = {"evolutionary_search_population": 4 * count, "sample_init_min_population": count}
policy = auto_scheduler.SketchPolicy(task, params=options, seed=1, verbose=0)
inputs = [auto_scheduler.MeasureInput(task, state) for state in list(policy.sample_initial_population())[:count]]
results = [auto_scheduler.MeasureResult([1.0], 0, "", 1.0, 1)] * len(inputs)
auto_scheduler.save_records(path, inputs, results)
print(len(inputs), "states")
