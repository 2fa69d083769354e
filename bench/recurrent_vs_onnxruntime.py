#!/usr/bin/env python3
"""Recurrent layers, untuned, against ONNX Runtime in turns: medians of 5 turns each, two threads, caches warm.

    scripts/python bench/recurrent_vs_onnxruntime.py [PROGRAM]     default: build/tilewright

Weights are seeded and known at compile time; GRU has linear_before_reset.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parent.parent
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
# Operator, steps, batch, width of the input, hidden units, direction.
LAYERS = [("LSTM", 200, 1, 128, 128, "forward"), ("LSTM", 100, 4, 256, 256, "bidirectional"),
          ("GRU", 200, 1, 128, 256, "bidirectional"), ("RNN", 200, 1, 64, 64, "forward")]
TURNS, RUNS = 5, 150


def layer(op, steps, batch, width, hidden, direction):
    rng, directions = np.random.default_rng(0), 2 if direction == "bidirectional" else 1
    rows = GATES[op] * hidden
    weights = {n: (rng.uniform(-1, 1, shape) / hidden**0.5).astype(np.float32) for n, shape in (
        ("W", (directions, rows, width)), ("R", (directions, rows, hidden)), ("B", (directions, 2 * rows)))}
    given = {"linear_before_reset": 1} if op == "GRU" else {}
    node = helper.make_node(op, ["x", "W", "R", "B"], ["Y"], hidden_size=hidden, direction=direction, **given)
    info = helper.make_tensor_value_info
    graph = helper.make_graph([node], op, [info("x", TensorProto.FLOAT, [steps, batch, width])],
                              [info("Y", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(a, n) for n, a in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    return model, rng.uniform(-1, 1, (steps, batch, width)).astype(np.float32)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build" / "tilewright")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    with tempfile.TemporaryDirectory() as folder:
        path, compiled = f"{folder}/layer.onnx", f"{folder}/layer.tw"
        for description in LAYERS:
            model, x = layer(*description)
            onnx.save(model, path)
            subprocess.run([program, "compile", path, "--untuned", "-o", compiled], check=True, stdout=subprocess.DEVNULL)
            session = onnxruntime.InferenceSession(path, options)
            theirs, ours = [], []
            for _ in range(TURNS):
                for run in range(RUNS + 10):  # the first ten warm up
                    begin = time.perf_counter()
                    session.run(None, {"x": x})
                    if run >= 10:
                        theirs.append(time.perf_counter() - begin)
                out = subprocess.run([program, "bench", compiled, "--seconds", "0.4", "--threads", "2", "--json"], check=True,
                                     stdout=subprocess.PIPE, text=True).stdout
                ours.append(json.loads(out)["median_s"])
            a, b = np.median(theirs), np.median(ours)
            print(f"{' '.join(map(str, description)):36} ONNX Runtime {a * 1e6:6.0f} us, here {b * 1e6:6.0f} us: {b / a:.2f}")


main()
