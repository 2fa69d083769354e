"""Writes a light model of the onnx package with seeded random weights, an input, and ONNX Runtime's output for it.

The light models carry networks without their weights: most are ConstantOfShape nodes with one value, which would hide
errors (a permuted channel changes nothing). Here every float weight is drawn at random. Weights of convolutions and
fully connected layers follow He and are then scaled so that each layer's output has standard deviation 1 on the
generated input, batch normalizations get the statistics of their input within a factor, so nothing vanishes or
explodes on the way. Scales are rounded to two digits, so that the weights are the same on every machine.

    python models/light.py resnet50 --out DIR [--seed 0]

writes DIR/resnet50.onnx, DIR/resnet50.input.npz and DIR/resnet50.expected.npz (tensor names are the keys) and prints
one line about each. Needs numpy, onnx and onnxruntime.
"""
import argparse
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper


def light_path(name):
    return os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "light", f"light_{name}.onnx")


def names_of_light_models():
    folder = os.path.dirname(light_path("x"))
    return sorted(f[len("light_"):-len(".onnx")] for f in os.listdir(folder) if f.endswith(".onnx"))


def two_digits(x):
    return float(f"{x:.1e}")


def run_node(node, opset, values):
    """The outputs of one node by ONNX Runtime, given the values of its inputs."""
    feeds = {name: values[name] for name in node.input if name}
    def info(name, array=None):
        kind = onnx.TensorProto.FLOAT if array is None else helper.np_dtype_to_tensor_dtype(array.dtype)
        return helper.make_tensor_value_info(name, kind, None if array is None else array.shape)
    wanted = node.output[:1]  # the second output of Dropout is its mask, which nobody reads
    one = onnx.NodeProto()
    one.CopyFrom(node)
    del one.output[1:]
    graph = helper.make_graph([one], "node", [info(n, a) for n, a in feeds.items()], [info(n) for n in wanted])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip(wanted, session.run(None, feeds)))


class Weights:
    """The weights drawn so far, by name."""

    def __init__(self, shapes, rng):
        self.shapes, self.rng, self.values = shapes, rng, {}

    def draw(self, name, make):
        if name in self.shapes and name not in self.values:
            self.values[name] = make(self.shapes[name]).astype(np.float32)

    def draw_default(self, name):
        self.draw(name, lambda s: self.rng.normal(0, 0.1, s))

    def scale(self, name, factor):
        if name in self.values:  # else it is computed from a weight, and stays as it was drawn
            self.values[name] = self.values[name] * np.float32(factor)


def draw_layer(node, opset, weights, values):
    """Conv or Gemm: He weights, small bias, then the output scaled to standard deviation 1. Returns the outputs."""
    fan_in = lambda s: np.prod(s[1:]) if node.op_type == "Conv" else s[1]
    weight = node.input[1]
    weights.draw(weight, lambda s: weights.rng.normal(0, np.sqrt(2 / fan_in(s)), s))
    for bias in node.input[2:]:
        weights.draw_default(bias)
    outputs = run_node(node, opset, {**values, **weights.values})
    deviation = two_digits(float(np.std(outputs[node.output[0]])))
    for name in node.input[1:]:
        weights.scale(name, 1 / deviation)
    return run_node(node, opset, {**values, **weights.values})


def draw_batch_norm(node, opset, weights, values):
    """The statistics of the input, each off by a random factor, and a random affine map."""
    x, rng = values[node.input[0]], weights.rng
    scale, bias, mean, var = node.input[1:5]
    axes = (0, 2, 3) if x.ndim == 4 else (0,)
    overall = two_digits(float(np.std(x)))
    centre = np.array([two_digits(v) for v in np.mean(x, axis=axes)])
    spread = np.array([max(two_digits(v), (0.3 * overall) ** 2) for v in np.var(x, axis=axes)])
    weights.draw(scale, lambda s: rng.uniform(0.5, 1.5, s))
    weights.draw(bias, lambda s: rng.normal(0, 0.2, s))
    weights.draw(mean, lambda s: centre + rng.normal(0, 0.1, s) * np.sqrt(spread))
    weights.draw(var, lambda s: spread * rng.uniform(0.7, 1.4, s))
    return run_node(node, opset, {**values, **weights.values})


DRAW = {"Conv": draw_layer, "Gemm": draw_layer, "BatchNormalization": draw_batch_norm}


def weight_shapes(graph):
    """Every float weight: given as an initializer, or as a ConstantOfShape of an initializer."""
    initial = {t.name: t for t in graph.initializer}
    shapes = {n: tuple(t.dims) for n, t in initial.items() if t.data_type == onnx.TensorProto.FLOAT}
    for node in graph.node:
        if node.op_type == "ConstantOfShape" and node.input[0] in initial:
            shapes[node.output[0]] = tuple(int(d) for d in numpy_helper.to_array(initial[node.input[0]]))
    return shapes


def real_inputs(graph):
    stored = {t.name for t in graph.initializer}
    return {i.name: tuple(d.dim_value or 1 for d in i.type.tensor_type.shape.dim)
            for i in graph.input if i.name not in stored}


def draw_all(model, rng):
    """Draws weights where they are first read, going through the graph in order. Returns inputs, weights, all values."""
    graph, opset = model.graph, model.opset_import[0].version
    weights = Weights(weight_shapes(graph), rng)
    inputs = {n: rng.normal(0, 1, s).astype(np.float32) for n, s in real_inputs(graph).items()}
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer if t.data_type != onnx.TensorProto.FLOAT}
    values.update(inputs)
    for node in graph.node:
        if node.op_type == "ConstantOfShape" and node.output[0] in weights.shapes:
            continue
        if node.op_type in DRAW:
            values.update(DRAW[node.op_type](node, opset, weights, values))
            continue
        for name in node.input:
            if name in weights.shapes and node.op_type == "Unsqueeze":  # a scale or shift per channel, in two models
                affine = "scale" if scales(graph, node) else "shift"
                weights.draw(name, (lambda s: rng.uniform(0.5, 1.5, s)) if affine == "scale" else
                             (lambda s: rng.normal(0, 0.2, s)))
            weights.draw_default(name)
        values.update(run_node(node, opset, {**values, **weights.values}))
    for name in weights.shapes:
        weights.draw_default(name)  # read by nobody
    return inputs, weights.values, values


def scales(graph, unsqueeze):
    return any(n.op_type == "Mul" and unsqueeze.output[0] in n.input for n in graph.node)


def with_weights(model, weights):
    """The model with `weights` as initializers, listed as inputs too as in old models; what made them is gone."""
    graph = model.graph
    nodes = [n for n in graph.node if not (n.op_type == "ConstantOfShape" and n.output[0] in weights)]
    used = {name for n in nodes for name in n.input}
    kept = [t for t in graph.initializer if t.name not in weights and t.name in used]
    kept += [numpy_helper.from_array(a, n) for n, a in weights.items() if n in used]
    inputs = list(graph.input)
    known = {i.name for i in inputs}
    stored = {t.name for t in kept}
    inputs = [i for i in inputs if i.name in stored or i.name in real_inputs(graph)]
    inputs += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in kept if t.name not in known]
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for field, items in (("node", nodes), ("initializer", kept), ("input", inputs)):
        result.graph.ClearField(field)
        getattr(result.graph, field).extend(items)
    return result


def check_scale(model, values):
    """The output, before the softmax if it ends in one, must be neither flat nor huge."""
    last = model.graph.node[-1]
    name = last.input[0] if last.op_type == "Softmax" else last.output[0]
    deviation = float(np.std(values[name]))
    if not 0.1 < deviation < 10:
        sys.exit(f"light.py: the output before the softmax has standard deviation {deviation:.3g}, wanted about 1")
    return deviation


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", choices=names_of_light_models())
    parser.add_argument("--out", required=True, help="folder to write into, made if missing")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    ort.set_default_logger_severity(3)
    light = onnx.load(light_path(args.model))
    inputs, weights, values = draw_all(light, np.random.default_rng(args.seed))
    deviation = check_scale(light, values)
    model = with_weights(light, weights)

    os.makedirs(args.out, exist_ok=True)
    base = os.path.join(args.out, args.model)
    onnx.save(model, base + ".onnx")
    np.savez(base + ".input.npz", **inputs)
    session = ort.InferenceSession(base + ".onnx", providers=["CPUExecutionProvider"])
    outputs = dict(zip([o.name for o in session.get_outputs()], session.run(None, inputs)))
    np.savez(base + ".expected.npz", **outputs)
    count = sum(w.size for w in weights.values())
    print(f"{base}.onnx: {count / 1e6:.1f} M weights, seed {args.seed}, logits' standard deviation {deviation:.2f}")
    for name, array in outputs.items():
        print(f"{base}.expected.npz: {name} {'x'.join(map(str, array.shape))}, "
              f"min {array.min():.3g}, max {array.max():.3g}")


if __name__ == "__main__":
    main()
