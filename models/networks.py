"""Writes a network with seeded random weights as ONNX, an input, and ONNX Runtime's output for it.

    python models/networks.py NAME --out DIR [--seed 0] [--layers N] [--size N]

Networks: mobilenet_v2 (224x224), bert_base (12 layers, sequence 128), resnet18_3d (16 frames of 112x112), dcgan (64x64).
--layers cuts the network down to its first N blocks, --size gives another side of the images (resnet18_3d, mobilenet_v2)
or length of the sequence (bert_base): small ones for quick tests. Files and names are those of light.py.

Weights follow He (convolutions) or 1/sqrt(fan-in) (products); batch normalizations get random statistics near those
that such weights give, so that nothing vanishes or explodes. Needs numpy, onnx and onnxruntime.
"""
import argparse
import os

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

FLOAT, INT64 = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64


class Builder:
    """A network under construction: every method adds nodes and returns the name of their result."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.feeds = [], [], [], {}

    def input(self, name, value):
        kind = INT64 if value.dtype == np.int64 else FLOAT
        self.inputs.append(helper.make_tensor_value_info(name, kind, value.shape))
        self.feeds[name] = value
        return name

    def weight(self, value):
        name = f"w{len(self.weights)}"
        value = np.asarray(value)
        self.weights.append(numpy_helper.from_array(value if value.dtype == np.int64 else value.astype(np.float32), name))
        return name

    def normal(self, deviation, shape):
        return self.weight(self.rng.normal(0, deviation, shape))

    def node(self, op, *inputs, **attributes):
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def conv(self, x, channels, filters, kernel, stride=1, groups=1):
        """Convolution (as many dimensions as `kernel` has) with padding that keeps the size, and batch normalization."""
        shape = (filters, channels // groups, *kernel)
        weight = self.normal(np.sqrt(2 / np.prod(shape[1:])), shape)
        pads = [k // 2 for k in kernel] * 2
        strides = [stride] * len(kernel) if np.isscalar(stride) else list(stride)
        return self.batch_norm(self.node("Conv", x, weight, kernel_shape=kernel, strides=strides, pads=pads,
                                         group=groups), filters)

    def batch_norm(self, x, channels):
        rng = self.rng
        statistics = [rng.uniform(0.5, 1.2, channels), rng.normal(0, 0.1, channels), rng.normal(0, 0.1, channels),
                      rng.uniform(0.7, 1.4, channels)]
        return self.node("BatchNormalization", x, *map(self.weight, statistics))

    def linear(self, x, inputs, outputs):
        product = self.node("MatMul", x, self.normal(1 / np.sqrt(inputs), (inputs, outputs)))
        return self.node("Add", product, self.normal(0.1, (outputs,)))

    def layer_norm(self, x, width):
        return self.node("LayerNormalization", x, self.weight(self.rng.uniform(0.7, 1.3, width)),
                         self.normal(0.1, (width,)), axis=-1, epsilon=1e-12)

    def model(self, output, opset=17):
        result = helper.make_tensor_value_info(output, FLOAT, None)
        graph = helper.make_graph(self.nodes, "network", self.inputs, [result], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def mobilenet_v2(b, layers, size):
    """Sandler et al., 2018, table 2: (expansion, channels, repeats, stride)."""
    table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    blocks = [(t, c, s if i == 0 else 1) for t, c, n, s in table for i in range(n)][:layers]
    relu6 = lambda x: b.node("Clip", x, b.weight(np.float32(0)), b.weight(np.float32(6)))
    x = b.input("image", b.rng.normal(0, 1, (1, 3, size or 224, size or 224)).astype(np.float32))
    x, channels = relu6(b.conv(x, 3, 32, (3, 3), 2)), 32
    for expansion, filters, stride in blocks:
        hidden = channels * expansion
        y = relu6(b.conv(x, channels, hidden, (1, 1))) if expansion > 1 else x
        y = relu6(b.conv(y, hidden, hidden, (3, 3), stride, hidden))
        y = b.conv(y, hidden, filters, (1, 1))
        x, channels = b.node("Add", x, y) if stride == 1 and channels == filters else y, filters
    x = relu6(b.conv(x, channels, 1280, (1, 1)))
    return b.linear(b.node("Flatten", b.node("GlobalAveragePool", x)), 1280, 1000)


def bert_base(b, layers, size):
    """Devlin et al., 2018: width 768, 12 heads, GELU; token ids, segment ids and a mask as inputs."""
    layers, length, width, heads, vocabulary = layers or 12, size or 128, 768, 12, 30522
    ids = b.input("input_ids", b.rng.integers(0, vocabulary, (1, length)).astype(np.int64))
    segments = b.input("token_type_ids", (np.arange(length)[None] >= length // 2).astype(np.int64))
    mask = b.input("attention_mask", (np.arange(length)[None] < length - length // 8).astype(np.int64))
    x = b.node("Add", b.node("Gather", b.normal(0.5, (vocabulary, width)), ids),
               b.node("Gather", b.normal(0.5, (2, width)), segments))
    x = b.layer_norm(b.node("Add", x, b.normal(0.5, (length, width))), width)
    hidden = b.node("Sub", b.weight(np.float32(1)), b.node("Cast", mask, to=FLOAT))
    bias = b.node("Mul", b.node("Unsqueeze", hidden, b.weight(np.array([1, 2]))), b.weight(np.float32(-10000)))
    split = b.weight(np.array([0, 0, heads, width // heads]))
    join = b.weight(np.array([0, 0, width]))
    for _ in range(layers):
        project = lambda order: b.node("Transpose", b.node("Reshape", b.linear(x, width, width), split), perm=order)
        q, k, v = project([0, 2, 1, 3]), project([0, 2, 3, 1]), project([0, 2, 1, 3])
        scores = b.node("Div", b.node("MatMul", q, k), b.weight(np.float32(np.sqrt(width // heads))))
        weights = b.node("Softmax", b.node("Add", scores, bias), axis=-1)
        context = b.node("Transpose", b.node("MatMul", weights, v), perm=[0, 2, 1, 3])
        x = b.layer_norm(b.node("Add", x, b.linear(b.node("Reshape", context, join), width, width)), width)
        y = b.linear(x, width, 4 * width)
        erf = b.node("Erf", b.node("Div", y, b.weight(np.float32(np.sqrt(2)))))
        gelu = b.node("Mul", b.node("Mul", y, b.node("Add", erf, b.weight(np.float32(1)))), b.weight(np.float32(0.5)))
        x = b.layer_norm(b.node("Add", x, b.linear(gelu, 4 * width, width)), width)
    return x


def resnet18_3d(b, layers, size):
    """Tran et al., 2018 (R3D-18): a stem of 3x7x7, then four stages of two blocks."""
    blocks = [(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)][:layers]
    relu = lambda x: b.node("Relu", x)
    x = b.input("video", b.rng.normal(0, 1, (1, 3, 16, size or 112, size or 112)).astype(np.float32))
    x, channels = relu(b.conv(x, 3, 64, (3, 7, 7), (1, 2, 2))), 64
    for filters, stride in blocks:
        y = relu(b.conv(x, channels, filters, (3, 3, 3), stride))
        y = b.conv(y, filters, filters, (3, 3, 3))
        shortcut = x if stride == 1 and channels == filters else b.conv(x, channels, filters, (1, 1, 1), stride)
        x, channels = relu(b.node("Add", y, shortcut)), filters
    return b.linear(b.node("Flatten", b.node("GlobalAveragePool", x)), channels, 400)


def dcgan(b, layers, size):
    """Radford et al., 2016: the generator of 64x64 images from 100 numbers."""
    widths = [100, 1024, 512, 256, 128][:(layers or 4) + 1]
    x = b.input("noise", b.rng.normal(0, 1, (1, 100, 1, 1)).astype(np.float32))
    up = lambda x, c, f, **how: b.node("ConvTranspose", x, b.normal(np.sqrt(2 / (c * 4)), (c, f, 4, 4)), **how)
    for i, (channels, filters) in enumerate(zip(widths, widths[1:])):
        x = up(x, channels, filters) if i == 0 else up(x, channels, filters, strides=[2, 2], pads=[1, 1, 1, 1])
        x = b.node("Relu", b.batch_norm(x, filters))
    return b.node("Tanh", up(x, widths[-1], 3, strides=[2, 2], pads=[1, 1, 1, 1]))


NETWORKS = {"mobilenet_v2": mobilenet_v2, "bert_base": bert_base, "resnet18_3d": resnet18_3d, "dcgan": dcgan}


def write(name, folder, seed=0, layers=None, size=None):
    builder = Builder(seed)
    model = builder.model(NETWORKS[name](builder, layers, size))
    os.makedirs(folder, exist_ok=True)
    base = os.path.join(folder, name)
    onnx.save(model, base + ".onnx")
    np.savez(base + ".input.npz", **builder.feeds)
    ort.set_default_logger_severity(3)
    session = ort.InferenceSession(base + ".onnx", providers=["CPUExecutionProvider"])
    outputs = dict(zip([o.name for o in session.get_outputs()], session.run(None, builder.feeds)))
    np.savez(base + ".expected.npz", **outputs)
    return model, outputs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("--out", required=True, help="folder to write into, made if missing")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layers", type=int, help="only the first blocks")
    parser.add_argument("--size", type=int, help="side of the images, or length of the sequence")
    args = parser.parse_args()
    model, outputs = write(args.network, args.out, args.seed, args.layers, args.size)
    count = sum(np.prod(w.dims) for w in model.graph.initializer)
    print(f"{os.path.join(args.out, args.network)}.onnx: {count / 1e6:.1f} M weights, seed {args.seed}")
    for name, array in outputs.items():
        print(f"{name} {'x'.join(map(str, array.shape))}, min {array.min():.3g}, max {array.max():.3g}, "
              f"standard deviation {array.std():.3g}")


if __name__ == "__main__":
    main()
