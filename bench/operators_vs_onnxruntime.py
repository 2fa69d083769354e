"""Single operators with constant weights: tuned kernels against ONNX Runtime and OpenVINO, in turns.

    PYTHON bench/operators_vs_onnxruntime.py [--trials 200 | --budget 50s] [--threads 1,2] [--channels-last] [--keep DIR]
                                             [WORKLOAD...]

PYTHON is any that has numpy, onnx and onnxruntime (scripts/python); with openvino too, its figure stands beside. Expects
build/ (or $BUILD). Without workloads: all shapes of C2D, GMM, DEP, C1D, C3D, GRP, DIL and T2D. Each operator is tuned
for each number of threads, with constant weights; then all contestants are timed in three turns. All get the same ONNX
file: layout conversions inside count. With --channels-last ours is the workload instead, which takes its data in that
order and is computed as it is written. Share of peak: of operations by the definition, by this machine's measured peak.
With --keep, the models and records in DIR are used again and added to.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

try:
    import openvino
except ImportError:
    openvino = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / "tilewright"
FAMILIES = ["c2d", "gmm", "dep", "c1d", "c3d", "grp", "dil", "t2d"]
TURNS, SECONDS = 3, 0.4


def named_workloads():
    listed = json.loads(subprocess.run([PROGRAM, "workloads", "--json"], check=True, stdout=subprocess.PIPE).stdout)
    return {w["name"]: w for w in listed["workloads"]}


def single_operator(spec):
    """The ONNX model, and its one input, of a workload's text."""
    operator, keys = spec.split(":")
    args = {key: int(value) for key, value in (pair.split("=") for pair in keys.split(","))}
    n, rng = args.get("n", 1), np.random.default_rng(0)
    if operator == "matmul":
        batch = (args["b"],) if args["b"] > 1 else ()  # without one the others may pack the weights
        data, weights = (*batch, args["n"], args["k"]), (*batch, args["k"], args["m"])
        node = helper.make_node("MatMul", ["data", "weights"], ["out"])
    elif operator == "softmax":
        node = helper.make_node("Softmax", ["data"], ["out"], axis=-1)
        data, weights = (args["m"], args["n"]), None
    else:
        dims = {"conv1d": ["l"], "conv3d": ["d", "h", "w"]}.get(operator, ["h", "w"])
        space = [args[d] for d in dims]
        groups, k = args.get("groups", 1), [args["k"]] * len(space)
        common = {"strides": [args.get("stride", 1)] * len(space), "pads": [args.get("pad", 0)] * 2 * len(space)}
        if operator == "depthwise_conv2d":
            ci = co = groups = args["c"]
        else:
            ci, co = args["ci"], args["co"]
        data = (n, ci, *space)
        if operator == "conv2d_transpose":
            weights = (ci, co, *k)
            node = helper.make_node("ConvTranspose", ["data", "weights"], ["out"], **common)
        else:
            weights = (co, ci // groups, *k)
            dilations = [args.get("dilation", 1)] * len(space)
            with_bias = operator == "conv2d_bias_relu"
            inputs = ["data", "weights"] + ["bias"] * with_bias
            node = helper.make_node("Conv", inputs, ["sum" if with_bias else "out"], group=groups, dilations=dilations,
                                    **common)
    nodes, constants = [node], []
    if weights:
        constants.append(numpy_helper.from_array(rng.random(weights, dtype=np.float32), "weights"))
    if operator == "conv2d_bias_relu":
        constants.append(numpy_helper.from_array(rng.random(co, dtype=np.float32), "bias"))
        nodes.append(helper.make_node("Relu", ["sum"], ["out"]))
    graph = helper.make_graph(nodes, operator, [helper.make_tensor_value_info("data", TensorProto.FLOAT, data)],
                              [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return onnx.shape_inference.infer_shapes(model), rng.random(data, dtype=np.float32)


def timed(run):
    """Median seconds of many calls."""
    for _ in range(3):
        run()
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 3:
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def onnxruntime_turn(model, data, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: timed(lambda: session.run(None, {"data": data}))


def openvino_turn(model, data, threads):
    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    request = core.compile_model(core.read_model(model.SerializeToString(), b""), "CPU", settings).create_infer_request()
    return lambda: timed(lambda: request.infer([data]))


def our_turn(given, records, threads, effort):
    tuning = subprocess.run([PROGRAM, "tune", given, *effort, "--threads", str(threads), "--records", records,
                             "--progress", "none", "--quiet"], stdout=subprocess.DEVNULL)
    if tuning.returncode != 0:  # it has said why
        sys.exit(tuning.returncode)
    command = [PROGRAM, "bench", given, "--records", records, "--threads", str(threads), "--seconds", str(SECONDS), "--json"]

    def turn():
        report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
        peaks.append(report["peak_gflops"])
        return report["median_s"]

    peaks = []
    turn.peaks = peaks
    return turn


def compare(workload, threads, options, folder):
    """Median seconds of each contestant, and the peak in GFLOP/s."""
    model, data = single_operator(workload["spec"])
    given, records = folder / f"{workload['name']}.onnx", folder / f"{workload['name']}.{threads}.jsonl"
    onnx.save(model, given)
    if options.channels_last:
        given = workload["spec"] + ",constant=1"
    effort = ["--budget", options.budget] if options.budget else ["--trials", str(options.trials)]
    ours = our_turn(given, records, threads, effort)
    contestants = {"ours": ours, "ONNX Runtime": onnxruntime_turn(model, data, threads)}
    if openvino:
        contestants["OpenVINO"] = openvino_turn(model, data, threads)
    times = {name: [] for name in contestants}
    for _ in range(TURNS):
        for name, turn in contestants.items():
            times[name].append(turn())
    return {name: statistics.median(turns) for name, turns in times.items()}, statistics.median(ours.peaks)


def geometric_mean(values):
    return math.exp(statistics.mean(map(math.log, values)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*")
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument("--trials", type=int, default=200)
    effort.add_argument("--budget", metavar="TIME")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--threads", type=lambda text: [int(n) for n in text.split(",")], default=[1, 2], metavar="N,…")
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_intermixed_args()
    temporary = tempfile.TemporaryDirectory()
    folder = options.keep or pathlib.Path(temporary.name)
    folder.mkdir(parents=True, exist_ok=True)

    known = named_workloads()
    for name in options.workloads:
        if name not in known:
            parser.error(f"'{name}' is no named workload; `tilewright workloads` lists them")
    names = options.workloads or [n for family in FAMILIES for n in known if n.startswith(family + "_")]
    for threads in options.threads:
        speed = {}
        for name in names:
            times, peak = compare(known[name], threads, options, folder)
            line = f"{name}, {threads} thread{'s' * (threads > 1)}:"
            for contestant, time_s in times.items():
                line += f"  {contestant} {time_s * 1e3:.3f} ms"
                if contestant == "ours":
                    line += f" ({known[name]['flops'] / time_s / peak * 1e-9:.0%} of peak)"
                else:
                    speed.setdefault(contestant, []).append(time_s / times["ours"])
                    line += f" ({time_s / times['ours']:.2f}x ours)"
            print(line, flush=True)
        for contestant, ratios in speed.items():
            print(f"{threads} thread{'s' * (threads > 1)}: {geometric_mean(ratios):.2f} times as fast as {contestant} in geometric "
                  f"mean, faster on {sum(r >= 1 for r in ratios)} of {len(ratios)}", flush=True)


if __name__ == "__main__":
    main()
