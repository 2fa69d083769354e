"""Schedules in the real Ansor (TVM 0.19), for one of the reference workloads; run with a Python that has TVM.

    in_ansor.py OPERATOR JSON-ARGUMENTS sample COUNT FILE    draws schedules, as lines of its log
    in_ansor.py OPERATOR JSON-ARGUMENTS replay FILE          runs each, checks its numbers, prints its time as a line of JSON

The operators are matmul, conv2d_bias_relu, depthwise_conv2d and softmax. A replay has no stage that lays constant weights out
anew, which Ansor adds to convolutions by default: not the same program then, and for some schedules a wrong one (all are held
against the operator's own default schedule).
"""
import json
import os
import signal
import sys

import numpy as np

os.environ["TVM_NUM_THREADS"] = "2"  # before TVM loads: Ansor takes it for the number of cores
import tvm
from tvm import auto_scheduler, te, topi

PATIENCE_S = int(os.environ.get("PATIENCE_S", "60"))  # for one schedule


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


def sample(task, count, path):
    options = {"evolutionary_search_population": 4 * count, "sample_init_min_population": count}
    policy = auto_scheduler.SketchPolicy(task, params=options, seed=1, verbose=0)
    inputs = [auto_scheduler.MeasureInput(task, state) for state in list(policy.sample_initial_population())[:count]]
    results = [auto_scheduler.MeasureResult([1.0], 0, "", 1.0, 1)] * len(inputs)
    auto_scheduler.save_records(path, inputs, results)
    print(len(inputs), "states")


def replay_one(task, record):
    """Whether a schedule computes what the operator's default schedule does, and its time in ms."""
    device, rng = tvm.cpu(), np.random.default_rng(0)
    plain = task.compute_dag.tensors
    feeds = [tvm.nd.array(rng.random([int(d) for d in t.shape], dtype=np.float32), device) for t in plain]
    tvm.build(te.create_schedule(plain[-1].op), plain, target="llvm")(*feeds)
    expected = feeds[-1].numpy()
    schedule, tensors = task.compute_dag.apply_steps_from_state(
        record.state, layout_rewrite=auto_scheduler.LayoutRewriteOption.NO_REWRITE)
    kernel = tvm.build(schedule, tensors, target=task.target)
    feeds[-1] = tvm.nd.array(np.zeros_like(expected), device)
    kernel(*feeds)
    is_right = np.allclose(feeds[-1].numpy(), expected, rtol=1e-3, atol=1e-4)
    time_s = kernel.time_evaluator(kernel.entry_name, device, number=1, repeat=5)(*feeds).median
    return {"right": bool(is_right), "tvm_ms": time_s * 1e3}


def replay(task, path):
    """Each in a process of its own, which is ended after PATIENCE_S: TVM can compile one schedule for many minutes."""
    for i, (record, _) in enumerate(auto_scheduler.load_records(path)):
        child = os.fork()
        if child == 0:
            signal.alarm(PATIENCE_S)
            print(json.dumps({"record": i, **replay_one(task, record)}), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            print(json.dumps({"record": i, "gave_up_after_s": PATIENCE_S}), flush=True)
        elif status != 0:
            print(json.dumps({"record": i, "failed": os.waitstatus_to_exitcode(status)}), flush=True)


operator, arguments, verb, *rest = sys.argv[1:]
auto_scheduler.register_workload(globals()[operator])
target = tvm.target.Target(f"llvm -mcpu={tvm.target.codegen.llvm_get_system_cpu()} -num-cores=2")
task = auto_scheduler.SearchTask(func=globals()[operator], args=tuple(json.loads(arguments)), target=target)
if verb == "sample":
    sample(task, int(rest[0]), rest[1])
else:
    replay(task, rest[0])
