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
