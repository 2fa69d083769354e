"""Operators with windows over spatial dimensions, and those that resize them."""
import numpy as np

import values as v
from operators import generates


def image(b, op):
    """Data with one to three spatial dimensions."""
    return b.data(b.types(op), low=3, high=5, where=lambda s: s[1] > 0, make=lambda: [
        b.integer(1, 2), b.pick([1, 2, 3, 4, 6, 16]), *b.integers(3, 10, b.pick([1, 2, 2, 2, 3]))])


def window(b, extents, kernel, strides=None, dilations=None):
    """Strides, dilations and padding that leave at least one place for the kernel."""
    dims = len(extents)
    given = {"strides": strides or (b.integers(1, 3, dims) if b.chance(0.6) else None),
             "dilations": dilations or (b.integers(1, 2, dims) if b.chance(0.4) else None)}
    automatic = b.pick([None, None, None, "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
    given["auto_pad"] = automatic
    if automatic in (None, "NOTSET") and b.chance(0.7):
        given["pads"] = [b.integer(0, max(k - 1, 0)) for k in kernel * 2]
    pads = given.get("pads") or [0] * (2 * dims)
    if automatic not in ("SAME_UPPER", "SAME_LOWER"):
        for d in range(dims):
            reach = (kernel[d] - 1) * (given["dilations"] or [1] * dims)[d] + 1
            if extents[d] + pads[d] + pads[dims + d] < reach:
                given["dilations"] = None
                if extents[d] + pads[d] + pads[dims + d] < kernel[d]:
                    kernel[d] = 1
                    if "pads" in given:
                        given["pads"][d] = given["pads"][dims + d] = 0
    return given


@generates("Conv")
def conv(b, op):
    x = image(b, op)
    channels, extents = b.shape_of(x)[1], b.shape_of(x)[2:]
    group = b.pick([g for g in (1, 1, 1, 2, 3, channels) if channels % g == 0])
    kernel = b.integers(1, 4, len(extents))
    given = window(b, extents, kernel)
    filters = group * b.pick([1, 1, 2, 3, 16])
    weights = b.leaf(b.dtype(x), [filters, channels // group, *kernel], constant=b.chance(0.8))
    inputs = [x, weights] + ([b.leaf(b.dtype(x), [filters], constant=b.chance(0.8))] if b.chance(0.6) else [])
    return b.node(op, inputs, group=group if group > 1 or b.chance(0.3) else None,
                  kernel_shape=kernel if b.chance(0.6) else None, **given)


@generates("ConvTranspose")
def conv_transpose(b, op):
    x = image(b, op)
    channels, extents = b.shape_of(x)[1], b.shape_of(x)[2:]
    dims = len(extents)
    group = b.pick([g for g in (1, 1, 1, 2, channels) if channels % g == 0])
    kernel = b.integers(1, 4, dims)
    strides, dilations = b.integers(1, 3, dims), b.integers(1, 2, dims) if b.chance(0.3) else [1] * dims
    automatic = b.pick([None, None, "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
    full = [(n - 1) * s + (k - 1) * d + 1 for n, k, s, d in zip(extents, kernel, strides, dilations)]
    given = {"strides": strides if strides != [1] * dims or b.chance(0.3) else None,
             "dilations": dilations if dilations != [1] * dims else None, "auto_pad": automatic}
    if b.chance(0.25):
        given["output_shape"] = [b.integer(max(1, f - 2), f + (s - 1 if b.chance(0.2) else 0)) for f, s in
                                 zip(full, strides)]
    elif automatic in (None, "NOTSET"):
        if b.chance(0.6):
            given["pads"] = [min(b.integer(0, 2), (f - 1) // 2) for f in full * 2]
        if b.chance(0.4):
            given["output_padding"] = [b.integer(0, max(s, d) - 1) for s, d in zip(strides, dilations)]
    filters = b.pick([1, 2, 3, 16])
    weights = b.leaf(b.dtype(x), [channels, filters, *kernel], constant=b.chance(0.8))
    inputs = [x, weights] + ([b.leaf(b.dtype(x), [filters * group])] if b.chance(0.5) else [])
    return b.node(op, inputs, group=group if group > 1 or b.chance(0.3) else None,
                  kernel_shape=kernel if b.chance(0.6) else None, **given)


@generates("AveragePool", "MaxPool")
def pool(b, op):
    x = image(b, op)
    extents = b.shape_of(x)[2:]
    kernel = b.integers(1, 4, len(extents))
    given = window(b, extents, kernel)
    return b.node(op, [x], kernel_shape=kernel, ceil_mode=b.pick([None, 0, 1]),
                  count_include_pad=b.pick([None, 0, 1]), storage_order=b.pick([None, 0]), **given)


@generates("GlobalAveragePool", "GlobalMaxPool")
def global_pool(b, op):
    return b.node(op, [image(b, op)])


@generates("Upsample")
def upsample(b, op):
    x = b.data(b.types(op), low=4)
    mode = b.pick([None, "nearest", "linear"])
    scales = [1.0, 1.0, *(b.pick([1.0, 2.0, 3.0, 1.5]) for _ in range(2))]
    if b.opset >= 9:
        return b.node(op, [x, b.parameter(scales, v.F32)], mode=mode)
    return b.node(op, [x], scales=scales, mode=mode)


@generates("Resize")
def resize(b, op):
    x = b.data(b.types(op), low=2)
    rank, extents = b.rank(x), b.shape_of(x)
    mode = b.pick([None, "nearest", "nearest", "linear", "cubic"])
    resized = list(range(rank)) if mode in (None, "nearest") and b.chance(0.2) else list(range(max(rank - 2, 0), rank))
    sizes = [b.integer(1, 2 * n + 3) if d in resized else n for d, n in enumerate(extents)]
    # In f32, the nearest of 0.6 and the like is decided by rounding.
    choice = [0.5, 2.0, 3.0, 2.5] + ([0.75, 1.25] if mode in (None, "nearest") or b.opset < 11 else [0.6, 1.3])
    scales = [b.pick(choice) if d in resized else 1.0 for d in range(rank)]
    scales = [s if np.floor(n * s) >= 1 else 1.0 for n, s in zip(extents, scales)]
    if b.opset < 11:
        return b.node(op, [x, b.parameter(scales, v.F32)], mode=b.pick([None, "nearest", "linear"]))
    attributes = dict(
        mode=mode, coordinate_transformation_mode=b.pick(
            [None, "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"] +
            (["half_pixel_symmetric"] if b.opset >= 19 else [])),
        nearest_mode=b.pick([None, "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
        exclude_outside=b.pick([None, None, 0, 1 if mode == "cubic" else 0]), cubic_coeff_a=b.pick([None, -0.5]),
        antialias=b.pick([None, None, 0]), keep_aspect_ratio_policy=b.pick([None, "stretch"]))
    axes = resized if b.opset >= 18 and b.chance(0.3) else None
    kept = range(rank) if axes is None else axes
    scales, sizes = [scales[d] for d in kept], [sizes[d] for d in kept]
    region = "" if b.opset >= 13 or b.chance(0) else b.parameter([], v.F32)
    if b.chance(0.5):
        return b.node(op, [x, region, b.parameter(scales, v.F32)], axes=axes, **attributes)
    empty = "" if b.opset >= 13 else b.parameter([], v.F32)
    return b.node(op, [x, region, empty, b.parameter(sizes)], axes=axes, **attributes)
