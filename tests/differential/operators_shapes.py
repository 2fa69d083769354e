"""Operators that move elements, or tell about shapes."""
import numpy as np

import values as v
from operators import generates


def any_data(b, op, low=0, high=4, position=0):
    return b.data(b.types(op, position), low, high)


@generates("Size")
def size(b, op):
    return b.node(op, [any_data(b, op)])


@generates("Shape")
def shape(b, op):
    x = any_data(b, op)
    rank = b.rank(x)
    return b.node(op, [x], start=b.pick([None, b.integer(-rank - 1, rank)]), end=b.pick([None, b.integer(-rank, rank + 1)]))


@generates("Reshape")
def reshape(b, op):
    x = any_data(b, op)
    old = b.shape_of(x)
    wanted = factors(b, v.elements(old)) if v.elements(old) else old[::-1]
    for d in range(len(wanted)):  # 0 copies an extent
        if d < len(old) and wanted[d] == old[d] and wanted[d] > 0 and b.chance(0.3):
            wanted[d] = 0
    allow_zero = b.pick([None, 0]) if 0 in wanted and v.elements(old) else b.pick([None, 0, 1])
    if v.elements(old) == 0:
        allow_zero = 1
    if wanted and 0 not in wanted and b.chance(0.4):
        wanted[b.integer(0, len(wanted) - 1)] = -1
    return b.node(op, [x, b.parameter(wanted)], allowzero=allow_zero)


def factors(b, n):
    """Some extents of which `n` is the product."""
    result = []
    while n > 1 and len(result) < 4:
        divisor = b.pick([d for d in range(1, n + 1) if n % d == 0])
        result.append(divisor)
        n //= divisor
    return result + [n] if n > 1 or b.chance(0.2) else result


@generates("Flatten")
def flatten(b, op):
    x = any_data(b, op, low=0 if b.opset >= 13 else 1)
    rank = b.rank(x)
    return b.node(op, [x], axis=b.integer(-rank if b.opset >= 11 else 0, rank) if b.chance(0.7) or rank == 0 else None)


@generates("Squeeze")
def squeeze(b, op):
    x = any_data(b, op)
    ones = [d for d, extent in enumerate(b.shape_of(x)) if extent == 1]
    chosen = [int(d) - (b.rank(x) if b.opset >= 11 and b.chance(0.3) else 0)
              for d in b.rng.permutation(ones)[:b.integer(0, len(ones))]]
    return with_axes(b, op, x, chosen or None)


@generates("Unsqueeze")
def unsqueeze(b, op):
    x = any_data(b, op, high=3)
    added = b.integer(1, 2)
    rank = b.rank(x) + added
    chosen = [int(d) - (rank if b.opset >= 11 and b.chance(0.3) else 0) for d in b.rng.permutation(rank)[:added]]
    return with_axes(b, op, x, chosen)


def with_axes(b, op, x, axes):
    if "axes" in b.schema(op).attributes:
        return b.node(op, [x], axes=axes)
    return b.node(op, [x] if axes is None else [x, b.parameter(axes)])


@generates("Transpose")
def transpose(b, op):
    x = any_data(b, op)
    return b.node(op, [x], perm=[int(d) for d in b.rng.permutation(b.rank(x))] if b.chance(0.8) and b.rank(x) else None)


@generates("Expand")
def expand(b, op):
    x = any_data(b, op)
    wanted = [b.integer(1, 4) if extent == 1 else b.pick([extent, 1]) for extent in b.shape_of(x)]
    if b.chance(0.3):
        wanted = b.integers(1, 3, 1) + wanted
    return b.node(op, [x, b.parameter(wanted)])


@generates("Tile")
def tile(b, op):
    x = any_data(b, op)
    return b.node(op, [x, b.parameter(b.integers(0 if b.empty else 1, 3, b.rank(x)))])


@generates("Slice")
def cut(b, op):
    x = any_data(b, op, low=1)
    rank, extents = b.rank(x), b.shape_of(x)
    axes = sorted(int(d) for d in b.rng.permutation(rank)[:b.integer(1, rank)])
    steps = [b.pick([1, 1, 2, 3, -1, -2]) if b.opset >= 10 and b.chance(0.5) else 1 for _ in axes]
    starts, ends = [], []
    for d, step in zip(axes, steps):
        first, last = sorted((b.integer(0, max(extents[d] - 1, 0)), b.integer(0, max(extents[d] - 1, 0))))
        bounds = (first, last + 1) if step > 0 else (last, first - 1 if first > 0 else -extents[d] - 1)
        if not b.empty and bounds[0] == bounds[1]:
            bounds = (first, last + 1)
        start, end = bounds
        if b.chance(0.2):
            start, end = (-(2**40), 2**60) if step > 0 else (2**40, -(2**62))
        elif b.chance(0.3) and start > 0:
            start -= extents[d]
        starts.append(start)
        ends.append(end)
    given = axes if axes != list(range(len(axes))) or b.chance(0.6) else None
    if b.opset < 10:
        return b.node(op, [x], starts=starts, ends=ends, axes=given)
    narrow = all(abs(bound) < 2**31 for bound in starts + ends) and b.chance(0.3)
    kind = v.I32 if narrow else v.I64
    inputs = [x, b.parameter(starts, kind), b.parameter(ends, kind)]
    if given:
        inputs.append(b.parameter([d - rank if b.opset >= 11 and b.chance(0.3) else d for d in given], kind))
    if steps != [1] * len(steps) or b.chance(0.3):
        inputs += [""] * (4 - len(inputs)) + [b.parameter(steps, kind)]
    return b.node(op, inputs)


@generates("Split")
def split(b, op):
    x = any_data(b, op, low=1)
    axis = b.axis(b.rank(x))
    extent = b.shape_of(x)[axis]
    parts = b.integer(1, min(4, max(extent, 1)))
    lengths = np.diff([0, *sorted(b.integers(0 if b.empty else 1, max(extent - 1, 0), parts - 1)), extent]).tolist()
    if not b.empty and 0 in lengths:
        lengths, parts = [extent], 1
    given = axis if axis != 0 or b.chance(0.5) else None
    if b.chance(0.6):
        if b.opset < 13:
            return b.node(op, [x], outputs=parts, axis=given, split=lengths)
        return b.node(op, [x, b.parameter(lengths)], outputs=parts, axis=given)
    if b.opset < 18 and extent % parts:
        parts = 1
    return b.node(op, [x], outputs=parts, axis=given, num_outputs=parts if b.opset >= 18 else None)


@generates("Concat")
def concat(b, op):
    x = any_data(b, op, low=1)
    axis = b.axis(b.rank(x))
    inputs = [x]
    for _ in range(b.integer(0, 3)):
        other = b.shape_of(x)
        other[axis] = b.integer(0 if b.empty else 1, 5)
        found = [t for t in b.tensors if t not in b.fixed and b.dtype(t) == b.dtype(x) and b.rank(t) == b.rank(x) and
                 all(i == j or d == axis % b.rank(x) for d, (i, j) in enumerate(zip(b.shape_of(t), other)))]
        inputs.append(b.pick(found) if found and b.chance(0.5) else b.leaf(b.dtype(x), other))
    return b.node(op, [inputs[int(i)] for i in b.rng.permutation(len(inputs))], axis=axis)


@generates("Pad")
def pad(b, op):
    x = any_data(b, op, low=1)
    mode = b.pick([None, "constant", "reflect", "edge"] + (["wrap"] if b.opset >= 19 else []))
    rank, extents = b.rank(x), b.shape_of(x)
    axes = sorted(int(d) for d in b.rng.permutation(rank)[:b.integer(1, rank)]) if b.opset >= 18 and b.chance(0.4) else None
    padded = range(rank) if axes is None else axes
    most = {d: min(3, extents[d] - 1) if mode == "reflect" else min(3, extents[d]) if mode == "wrap" else 3 for d in padded}
    if mode in ("edge", "wrap") and 0 in extents:
        most = dict.fromkeys(padded, 0)
    amounts = [b.integer(0, max(most[d], 0)) if b.chance(0.6) else 0 for _ in range(2) for d in padded]
    if mode in (None, "constant") and b.chance(0.15):
        d = b.integer(0, len(amounts) // 2 - 1)
        if extents[list(padded)[d]] > 1:
            amounts[d] = -1  # cuts off
    if b.opset < 11:
        return b.node(op, [x], mode=mode, pads=amounts, value=b.real(-2, 2) if b.chance(0.5) else None)
    inputs = [x, b.parameter(amounts)]
    if mode in (None, "constant") and b.chance(0.6):
        inputs.append(b.parameter(v.random_values(b.rng, b.dtype(x), [], b.special), b.dtype(x)))
    if axes is not None:
        inputs += [""] * (3 - len(inputs)) + [b.parameter([d - rank if b.chance(0.3) else d for d in axes])]
    return b.node(op, inputs, mode=mode)


@generates("Gather")
def gather(b, op):
    x = any_data(b, op, low=1)
    axis = b.axis(b.rank(x))
    extent = b.shape_of(x)[axis]
    indices_shape = b.shape(0, 2) if extent else [0]
    values = b.rng.integers(-extent if b.opset >= 11 else 0, extent, indices_shape) if extent else []
    indices = b.leaf(b.pick([v.I32, v.I64]), indices_shape, values, constant=b.chance(0.6))
    return b.node(op, [x, indices], axis=axis if axis != 0 or b.chance(0.5) else None)


@generates("DepthToSpace", "SpaceToDepth")
def blocks(b, op):
    size, deep = b.integer(1, 3), op == "DepthToSpace"
    extents = [b.integer(1, 2), b.integer(1, 3), b.integer(1, 4), b.integer(1, 4)]
    grown = [extents[0], extents[1] * size * size, *extents[2:]] if deep else \
        [*extents[:2], extents[2] * size, extents[3] * size]
    x = b.leaf(b.pick_type(b.types(op)), grown)
    return b.node(op, [x], blocksize=size, mode=b.pick([None, "DCR", "CRD"]) if deep else None)
