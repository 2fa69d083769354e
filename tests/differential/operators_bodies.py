"""Operators with bodies. A node is evaluated on its own, so bodies read nothing but their inputs and weights."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

import values as v
from operators import generates


def info(name, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, None)


def small(b, shape):
    return np.array([b.real(-1, 1) for _ in range(int(np.prod(shape)))], dtype=v.F32).reshape(shape)


@generates("If")
def choice(b, op):
    shape = b.shape(0, 3)
    branches = [helper.make_graph([helper.make_node(b.pick(["Neg", "Tanh", "Identity"]), ["w"], ["out"])], name, [],
                                  [info("out")], [numpy_helper.from_array(small(b, shape), "w")])
                for name in ("then", "else")]
    condition = b.leaf(np.dtype(bool), b.pick([[], [1]]), np.array(b.chance(0.5)), constant=b.chance(0.5))
    return b.node(op, [condition], then_branch=branches[0], else_branch=branches[1])


def step(b, x, inputs):
    """Nodes from the state `s` (and `x`) to `next` and `seen`, and their weights."""
    nodes = [helper.make_node("Mul", ["s", "w"], ["m"]),
             helper.make_node(b.pick(["Add", "Sub"]), ["m", x], ["a"]),
             helper.make_node(b.pick(["Tanh", "Sigmoid"]), ["a"], ["next"]),
             helper.make_node("Neg", ["next"], ["seen"])]
    return nodes, [numpy_helper.from_array(small(b, [1]), "w"), *inputs]


@generates("Loop")
def loop(b, op):
    shape = b.shape(1, 2)
    trips = b.integer(1, 5)
    nodes, weights = step(b, "k", [numpy_helper.from_array(small(b, [1]), "k")])
    if b.chance(0.3):  # ends by itself, before or after
        weights.append(numpy_helper.from_array(np.int64(b.integer(0, 5)), "limit"))
        nodes.append(helper.make_node("Less", ["i", "limit"], ["still"]))
    else:
        nodes.append(helper.make_node("Identity", ["go_on"], ["still"]))
    body = helper.make_graph(nodes, "body", [info("i", TensorProto.INT64), info("go_on", TensorProto.BOOL), info("s")],
                             [info("still", TensorProto.BOOL), info("next")], weights)
    # The reference does not run without a condition.
    inputs = [b.parameter(np.int64(trips)), b.leaf(np.dtype(bool), [], np.array(True), constant=True), b.leaf(v.F32, shape)]
    return b.node(op, inputs, body=body)  # the reference joins what ONNX has stacked


@generates("Scan")
def scan(b, op):
    x = b.data([v.F32], low=1, high=3, where=lambda s: min(s) > 0)
    axis = b.axis(b.rank(x))
    rest = [n for d, n in enumerate(b.shape_of(x)) if d != axis % b.rank(x)]
    nodes, weights = step(b, "x", [])
    body = helper.make_graph(nodes, "body", [info("s"), info("x")], [info("next"), info("seen")], weights)
    return b.node(op, [b.leaf(v.F32, rest), x], outputs=2, body=body, num_scan_inputs=1, scan_input_axes=[axis],
                  scan_input_directions=[b.pick([0, 1])], scan_output_axes=[b.axis(len(rest) + 1)],
                  scan_output_directions=[b.pick([0, 1])])
