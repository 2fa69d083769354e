"""Operators whose value by ONNX Runtime or by ONNX's reference is undefined or wrong, in a few lines of NumPy each."""
import math

import numpy as np
from onnx import helper

import values as v


def attribute(node, name, otherwise):
    return next((helper.get_attribute_value(a) for a in node.attribute if a.name == name), float(np.float32(otherwise)))


def own_meaning(node, types):
    """A function of the inputs' values that returns the node's output, or None where the evaluators are believed."""
    floats = bool(node.input) and v.is_float(types[node.input[0]])
    if node.op_type in ("Div", "Mod") and not floats:
        return lambda x, y: divided(node, x, y)
    if node.op_type == "Gemm" and not floats:
        return lambda *inputs: gemm(node, *inputs)
    if node.op_type == "OneHot":
        return lambda indices, depth, values: one_hot(node, indices, int(depth.ravel()[0]), values)
    if node.op_type == "Conv" and types[node.input[0]] == v.F64:
        return lambda *inputs: conv(node, *inputs)
    if node.op_type in ("RNN", "GRU", "LSTM") and types[node.input[0]] == v.F64:
        return lambda *inputs: recurrent(node, dict(zip([n for n in node.input if n], inputs)))
    if node.op_type in OWN and floats:
        return lambda x: OWN[node.op_type](node, x.astype(v.F64)).astype(x.dtype)
    return None


def divided(node, x, y):
    """Division by zero and that of the least by -1 end ONNX Runtime's process on x86; docs/operators.md says what they
    are here."""
    fmod = attribute(node, "fmod", 0)
    a, b = np.broadcast_arrays(x, y)
    flat = [whole_division(int(i), int(j), node.op_type, fmod) for i, j in zip(a.ravel(), b.ravel())]
    bits = 8 * x.dtype.itemsize
    return np.array([i % 2**bits for i in flat], dtype=np.uint64).astype(f"u{bits // 8}").view(x.dtype).reshape(a.shape)


def whole_division(x, y, op, fmod):
    if y == 0:
        return 0
    quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
    if op == "Div":
        return quotient
    return x - y * quotient if fmod else x % y


def gemm(node, a, b, c=0):
    """The reference takes numbers from uninitialized memory for integers."""
    a = a.T if attribute(node, "transA", 0) else a
    b = b.T if attribute(node, "transB", 0) else b
    return (np.int64(attribute(node, "alpha", 1)) * (a @ b) + np.int64(attribute(node, "beta", 1)) * c).astype(a.dtype)


def one_hot(node, indices, depth, values):
    """The reference multiplies with the values, which may be infinite."""
    wrapped = np.where(indices < 0, indices + depth, indices)
    axis = int(attribute(node, "axis", -1))
    axis = axis + indices.ndim + 1 if axis < 0 else axis
    hot = np.expand_dims(wrapped, axis) == np.arange(depth).reshape([-1 if d == axis else 1 for d in range(indices.ndim + 1)])
    return np.where(hot, values[1], values[0])


def conv(node, x, w, bias=0):
    """ONNX Runtime has none in f64; the reference spreads NaN over groups."""
    dims, group, filters = x.ndim - 2, int(attribute(node, "group", 1)), w.shape[0]
    strides, dilations = (list(attribute(node, name, 1) or [1] * dims) if has(node, name) else [1] * dims
                          for name in ("strides", "dilations"))
    reach = [(k - 1) * d + 1 for k, d in zip(w.shape[2:], dilations)]
    mode = attribute(node, "auto_pad", 0) or b"NOTSET"
    pads = list(attribute(node, "pads", 0)) if has(node, "pads") else [0] * (2 * dims)
    if mode in (b"SAME_UPPER", b"SAME_LOWER"):
        total = [max((-(-n // s) - 1) * s + r - n, 0) for n, s, r in zip(x.shape[2:], strides, reach)]
        small, large = [t // 2 for t in total], [t - t // 2 for t in total]
        pads = small + large if mode == b"SAME_UPPER" else large + small
    x = np.pad(x, [(0, 0), (0, 0), *zip(pads[:dims], pads[dims:])])
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, tuple(range(2, x.ndim)))
    windows = windows[(..., *(slice(None, None, s) for s in strides), *(slice(None, None, d) for d in dilations))]
    windows = windows.reshape(x.shape[0], group, -1, *windows.shape[2:])
    w = w.reshape(group, filters // group, -1, *w.shape[2:])
    letters = "abc"[:dims], "uvw"[:dims]
    out = np.einsum(f"ngi{letters[0]}{letters[1]},gfi{letters[1]}->ngf{letters[0]}", windows, w)
    out = out.reshape(x.shape[0], filters, *out.shape[3:])
    return out + np.reshape(bias, [-1 if np.ndim(bias) else 1, *[1] * dims])


ACTIVATIONS = {
    "sigmoid": lambda x, a, b: 1 / (1 + np.exp(-x)), "tanh": lambda x, a, b: np.tanh(x),
    "relu": lambda x, a, b: np.maximum(x, 0), "softsign": lambda x, a, b: x / (1 + np.abs(x)),
    "leakyrelu": lambda x, a, b: np.where(x < 0, x * (0.01 if a is None else a), x),
    "hardsigmoid": lambda x, a, b: np.clip((0.2 if a is None else a) * x + (0.5 if b is None else b), 0, 1)}


def recurrent(node, values):
    """ONNX Runtime has none in f64, the reference few attributes. By the formulas of the operators' text."""
    names = list(node.input) + [""] * (8 - len(node.input))
    x, w, r, bias, lengths, h0, c0, peepholes = (values.get(n) for n in names)
    op, hidden, (steps, batch, _) = node.op_type, r.shape[2], x.shape
    gates = w.shape[1] // hidden
    texts = [a.decode() for a in attribute(node, "activations", 0) or []] if has(node, "activations") else None
    defaults = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}[op]
    direction = attribute(node, "direction", 0).decode() if has(node, "direction") else "forward"
    reversed_ones = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[direction]
    alphas, betas = (iter(attribute(node, n, 0) if has(node, n) else []) for n in ("activation_alpha", "activation_beta"))
    functions = []
    for text in texts or defaults * len(reversed_ones):
        takes = (text in ("LeakyRelu", "HardSigmoid"), text == "HardSigmoid")
        a, b = (next(i, None) if t else None for i, t in zip((alphas, betas), takes))
        functions.append(lambda z, f=ACTIVATIONS[text.lower()], a=a, b=b: f(z, a, b))
    limit = attribute(node, "clip", 0)
    clip = (lambda z: np.clip(z, -limit, limit)) if limit else (lambda z: z)
    lengths = np.full(batch, steps) if lengths is None else lengths
    all_y, all_h, all_c = np.zeros((steps, len(reversed_ones), batch, hidden)), [], []
    for d, is_reverse in enumerate(reversed_ones):
        f = functions[d * len(defaults):]
        wb, rb = np.split(bias[d], 2) if bias is not None else (np.zeros(gates * hidden),) * 2
        p = np.split(peepholes[d], 3) if peepholes is not None else [0, 0, 0]
        for n in range(batch):
            h = np.zeros(hidden) if h0 is None else h0[d, n]
            c = np.zeros(hidden) if c0 is None else c0[d, n]
            order = range(int(lengths[n]))
            for t in reversed(order) if is_reverse else order:
                a, q = x[t, n] @ w[d].T + wb, h @ r[d].T + rb
                if op == "RNN":
                    h = f[0](clip(a + q))
                elif op == "GRU":
                    (az, ar, ah), (qz, qr, qh) = np.split(a, 3), np.split(q, 3)
                    z, s = f[0](clip(az + qz)), f[0](clip(ar + qr))
                    if not attribute(node, "linear_before_reset", 0):
                        inner = (s * h) @ r[d][2 * hidden:].T + rb[2 * hidden:]
                    else:
                        inner = s * qh
                    h = (1 - z) * f[1](clip(ah + inner)) + z * h
                else:
                    i, o, g, k = np.split(a + q, 4)
                    i = f[0](clip(i + p[0] * c))
                    g = 1 - i if attribute(node, "input_forget", 0) else f[0](clip(g + p[2] * c))
                    c = g * c + i * f[1](clip(k))
                    h = f[0](clip(o + p[1] * c)) * f[2](c)
                all_y[t, d, n] = h
            all_h.append(h), all_c.append(c)
    states = [np.array(s).reshape(len(reversed_ones), batch, hidden) for s in (all_h, all_c)]
    return tuple([all_y, *states][:len(node.output)])


def has(node, name):
    return any(a.name == name for a in node.attribute)


def erf(node, x):
    """The reference rounds f64 to f32."""
    return np.vectorize(math.erf, otypes=[v.F64])(x)


def lrn(node, x):
    """ONNX Runtime has no even sizes; the reference loops over batches where it should over channels."""
    size, channels = attribute(node, "size", 1), x.shape[1]
    squares = np.zeros_like(x)
    for c in range(channels):
        squares[:, c] = np.sum(x[:, max(0, c - (size - 1) // 2):c + size // 2 + 1] ** 2, axis=1)
    return x / (attribute(node, "bias", 1) + attribute(node, "alpha", 1e-4) / size * squares) ** attribute(node, "beta", .75)


def mean_variance_norm(node, x):
    """ONNX Runtime subtracts squares for the variance, which is negative at times."""
    axes = tuple(int(a) for a in attribute(node, "axes", 0) or (0, 2, 3)) if node.attribute else (0, 2, 3)
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return centred / (np.sqrt(np.mean(centred**2, axis=axes, keepdims=True)) + 1e-9)


def gelu(node, x):
    """The reference's is made of its Erf."""
    if attribute(node, "approximate", 0) == b"tanh":
        return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + erf(node, x / np.sqrt(2)))


def global_max_pool(node, x):
    """ONNX Runtime drops a NaN or not by its place."""
    return np.max(x, axis=tuple(range(2, x.ndim)), keepdims=True)


OWN = {"GlobalMaxPool": global_max_pool, "Erf": erf, "Gelu": gelu, "LRN": lrn, "MeanVarianceNormalization": mean_variance_norm}
