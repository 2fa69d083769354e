"""Operators that read from or write to positions which are data, and Einsum."""
import numpy as np

import values as v
from evaluation import Refused
from operators import generates


def filled(b, types, low=1, high=4):
    """A tensor that has elements to choose from; tests/graph/empty_test.cc has those without."""
    x = b.data(types, low=low, high=high)
    if v.elements(b.shape_of(x)) == 0:
        raise Refused("no elements to choose from")
    return x


def indices(b, shape, extents):
    """Positions in [-extent, extent), `extents` broadcast to the shape."""
    high = np.broadcast_to(np.asarray(extents), shape)
    low = -high if b.opset >= 11 else np.zeros_like(high)
    return b.leaf(v.I64, list(shape), b.rng.integers(low, np.maximum(high, 1)) if v.elements(shape) else np.zeros(shape))


def shorter(b, shape, axis):
    """A block of the shape, of any extent along `axis`."""
    return [b.integer(1, 8) if d == axis else b.integer(1, n) if b.chance(0.3) and n else n for d, n in enumerate(shape)]


@generates("GatherElements")
def gather_elements(b, op):
    x = filled(b, b.types(op))
    axis = b.axis(b.rank(x))
    shape = shorter(b, b.shape_of(x), axis % b.rank(x))
    return b.node(op, [x, indices(b, shape, b.shape_of(x)[axis])], axis=axis if axis or b.chance(0.5) else None)


@generates("GatherND")
def gather_nd(b, op):
    x = filled(b, b.types(op))
    shape = b.shape_of(x)
    batch = b.integer(0, len(shape) - 1) if b.opset >= 12 and b.chance(0.4) else 0
    depth = b.integer(1, len(shape) - batch)
    table = shape[:batch] + b.integers(1, 4, b.integer(0 if batch else 1, 2)) + [depth]
    return b.node(op, [x, indices(b, table, shape[batch:batch + depth])], batch_dims=batch or None)


def reduction(b, op, x):
    """One that the operator set and the type allow; None for plain replacing."""
    if "reduction" not in b.schema(op).attributes or b.dtype(x) == v.BOOL or b.chance(0.4):
        return b.pick([None, "none"]) if "reduction" in b.schema(op).attributes else None
    return b.pick(["add", "mul"] + (["max", "min"] if b.opset >= 18 else []))


@generates("Scatter", "ScatterElements")
def scatter_elements(b, op):
    x = filled(b, b.types(op))
    axis = b.axis(b.rank(x))
    extent, how = b.shape_of(x)[axis], reduction(b, op, x)
    shape = shorter(b, b.shape_of(x), axis % b.rank(x))
    if how in (None, "none"):  # ONNX leaves open which of two counts
        shape[axis] = min(shape[axis], extent)
        order = np.argsort(b.rng.random([extent if d == axis % len(shape) else n for d, n in enumerate(shape)]), axis=axis)
        chosen = b.leaf(v.I64, shape, np.take(order, np.arange(shape[axis]), axis=axis))
    else:
        chosen = indices(b, shape, extent)
    return b.node(op, [x, chosen, b.leaf(b.dtype(x), shape)], axis=axis if axis or b.chance(0.5) else None, reduction=how)


@generates("ScatterND")
def scatter_nd(b, op):
    x = filled(b, b.types(op))
    shape, how = b.shape_of(x), reduction(b, op, x)
    depth = b.integer(1, len(shape))
    rows = b.integers(1, 4, b.integer(1, 2))
    if how in (None, "none"):
        places = v.elements(shape[:depth])
        rows = [b.integer(1, min(places, 9))]
        flat = b.rng.permutation(places)[:rows[0]]
        chosen = b.leaf(v.I64, [*rows, depth], np.stack(np.unravel_index(flat, shape[:depth]), axis=-1))
    else:
        chosen = indices(b, [*rows, depth], shape[:depth])
    return b.node(op, [x, chosen, b.leaf(b.dtype(x), rows + shape[depth:])], reduction=how)


@generates("TopK")
def top_k(b, op):
    types = b.types(op)
    x = filled(b, [t for t in types if not v.is_float(t)] or types if b.special else types)
    axis = b.axis(b.rank(x))
    k = b.integer(1, b.shape_of(x)[axis])
    given = {"axis": axis, "largest": b.pick([None, 0, 1]), "sorted": b.pick([None, 1])}
    if b.opset < 10:
        return b.node(op, [x], outputs=2, k=k, **given)
    return b.node(op, [x, b.parameter([k])], outputs=2, **given)


@generates("ReverseSequence")
def reverse_sequence(b, op):
    x = filled(b, b.types(op), 2)
    batch = b.integer(0, 1)
    lengths = b.leaf(v.I64, [b.shape_of(x)[batch]], b.rng.integers(1, b.shape_of(x)[1 - batch] + 1, b.shape_of(x)[batch]))
    return b.node(op, [x, lengths], batch_axis=batch, time_axis=1 - batch)


@generates("Compress")
def compress(b, op):
    x = filled(b, b.types(op))
    axis = b.axis(b.rank(x)) if b.chance(0.7) else None
    extent = v.elements(b.shape_of(x)) if axis is None else b.shape_of(x)[axis]
    holds = b.rng.integers(0, 2, b.integer(1, extent))
    holds[b.integer(0, len(holds) - 1)] = 1
    return b.node(op, [x, b.parameter(holds, v.BOOL)], axis=axis)


@generates("NonZero")
def non_zero(b, op):
    shape = b.shape(low=1)
    return b.node(op, [b.parameter(b.rng.integers(0, 2, shape), b.pick([v.BOOL, v.I64, v.F32]))])


@generates("Einsum")
def einsum(b, op):
    x = filled(b, [t for t in b.types(op) if t in (v.F32, v.F64, v.I32, v.I64)], 0)
    extents, terms, inputs = {}, [], [x]
    dots = b.chance(0.2)

    def named(shape):
        letters = ""
        for n in shape:
            same = [c for c in "abcdef" if extents.get(c) == n and c not in letters]
            free = [c for c in "abcdef" if c not in extents]
            letters += b.pick(same) if same and b.chance(0.6) or not free else free[0]
            extents.setdefault(letters[-1], n)
        return letters
    terms.append(named(b.shape_of(x)))
    for _ in range(b.integer(0, 2)):
        letters = "".join(c for c in b.rng.permutation(list(extents) or ["a"]) if b.chance(0.6))[:3]
        for c in letters:
            extents.setdefault(c, b.integer(1, 4))
        terms.append(letters)
        inputs.append(b.leaf(b.dtype(x), [extents[c] for c in letters]))
    if dots:
        shape = b.integers(1, 3, b.integer(1, 2))
        terms.append("..." + terms[-1] if len(inputs) > 1 else "...")
        inputs.append(b.leaf(b.dtype(x), shape + [extents[c] for c in terms[-1][3:]]))
    used = sorted(set("".join(terms)) - {"."})
    equation = ",".join(terms)
    if b.chance(0.8):
        kept = [c for c in b.rng.permutation(used) if b.chance(0.6)] if used else []
        equation += "->" + ("..." if dots else "") + "".join(kept)
    return b.node(op, inputs, equation=equation)
