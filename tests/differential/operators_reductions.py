"""Operators that look at many elements along axes: reductions, products, normalizations, positions."""
import numpy as np
from onnx import helper

import values as v
from operators import generates


@generates("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
           "ReduceSum", "ReduceSumSquare")
def reduce(b, op):
    x = b.data(b.types(op))
    if op == "ReduceLogSum":
        x = b.node("Abs", [x])
    axes = b.axes(b.rank(x)) if b.chance(0.8) else []
    keepdims = b.pick([None, 0, 1])
    if "axes" in b.schema(op).attributes:
        return b.node(op, [x], axes=axes or None, keepdims=keepdims)
    inputs = [x, b.parameter(axes)] if axes or b.chance(0.3) else [x]
    return b.node(op, inputs, keepdims=keepdims, noop_with_empty_axes=b.pick([None, None, 0, 1]))


@generates("ArgMax", "ArgMin")
def arg_extreme(b, op):
    x = b.data(b.types(op), low=1)
    return b.node(op, [x], axis=b.axis(b.rank(x)) if b.chance(0.8) else None, keepdims=b.pick([None, 0, 1]),
                  select_last_index=b.pick([None, 0, 1]))


@generates("Hardmax", "LogSoftmax", "Softmax", "LpNormalization")
def along_one_axis(b, op):
    x = b.data(b.types(op), low=1)
    axis = b.axis(b.rank(x)) if b.chance(0.8) else None
    if op == "Hardmax" or b.rank(x) == 1 and axis is None and b.opset < 13:
        axis = 0 if b.rank(x) == 1 else axis
    p = b.pick([None, 1, 2]) if op == "LpNormalization" else None
    return b.node(op, [x], axis=axis, p=p)


@generates("CumSum")
def cum_sum(b, op):
    x = b.data(b.types(op), low=1)
    axis = b.parameter(b.axis(b.rank(x)), b.pick([v.I32, v.I64]))
    return b.node(op, [x, axis], exclusive=b.pick([None, 0, 1]), reverse=b.pick([None, 0, 1]))


@generates("Gemm")
def gemm(b, op):
    a = b.data(b.types(op), low=2, high=2)
    trans_a, trans_b = b.pick([None, 0, 1]), b.pick([None, 0, 1])
    m, k = b.shape_of(a)[::-1] if trans_a else b.shape_of(a)
    n = b.integer(1, 20)
    second = b.leaf(b.dtype(a), [n, k] if trans_b else [k, n], constant=b.chance(0.6))
    if m == k and k == n and b.chance(0.5):
        second = a
    inputs = [a, second]
    if b.opset < 11 or b.chance(0.7):
        inputs.append(b.leaf(b.dtype(a), b.pick([[], [n], [1], [m, 1], [1, n], [m, n]])))
    integers = not v.is_float(b.dtype(a))
    return b.node(op, inputs, alpha=b.pick([None, 1.0, 2.0]) if integers else b.pick([None, 0.5, 1.5]),
                  beta=b.pick([None, 1.0, 2.0]) if integers else b.pick([None, 0.25, 0.0]), transA=trans_a, transB=trans_b)


@generates("MatMul")
def matmul(b, op):
    a = b.data(b.types(op), low=1, high=4)
    shape = b.shape_of(a)
    k, n = shape[-1], b.integer(1, 20)
    batch = b.partner_shape(shape[:-2]) if len(shape) > 2 or b.chance(0.1) else []
    other = b.pick([[k], [k, n], [k, n], batch + [k, n]])
    found = [t for t in b.tensors if t not in b.fixed and b.dtype(t) == b.dtype(a) and b.shape_of(t) == other]
    second = b.pick(found) if found and b.chance(0.5) else b.leaf(b.dtype(a), other, constant=b.chance(0.5))
    return b.node(op, [a, second])


def per_channel(b, dtype, n, positive=False):
    """A vector of parameters, constant most often."""
    values = b.rng.uniform(0.2, 2, n) if positive else b.rng.integers(-8, 9, n) / 4
    return b.leaf(dtype, [n], values, constant=b.chance(0.9))


@generates("BatchNormalization")
def batch_norm(b, op):
    x = b.data(b.types(op), low=2, high=5)
    dtype, n = b.dtype(x), b.shape_of(x)[1]
    vectors = [per_channel(b, dtype, n, positive=i == 3) for i in range(4)]
    return b.node(op, [x, *vectors], epsilon=b.pick([None, 1e-3]), momentum=b.pick([None, 0.5]),
                  spatial=b.pick([None, 1]), training_mode=b.pick([None, 0]))


@generates("InstanceNormalization")
def instance_norm(b, op):
    x = b.data(b.types(op), low=3, high=5)
    dtype, n = b.dtype(x), b.shape_of(x)[1]
    return b.node(op, [x, per_channel(b, dtype, n), per_channel(b, dtype, n)], epsilon=b.pick([None, 1e-3]))


@generates("GroupNormalization")
def group_norm(b, op):
    groups = b.pick([1, 2, 3])
    n = groups * b.integer(1, 3)
    x = b.leaf(b.pick_type(b.types(op)), [b.integer(1, 2), n, *b.integers(1, 5, b.integer(1, 2))])
    dtype, length = b.dtype(x), groups if b.opset < 21 else n
    return b.node(op, [x, per_channel(b, dtype, length), per_channel(b, dtype, length)], num_groups=groups,
                  epsilon=b.pick([None, 1e-3]), stash_type=b.pick([None, 1]))


@generates("LayerNormalization")
def layer_norm(b, op):
    x = b.data(b.types(op), low=1)
    axis = b.axis(b.rank(x)) if b.chance(0.8) else None
    shape = b.shape_of(x)[-1 if axis is None else axis:]
    inputs = [x] + [b.leaf(b.dtype(x), shape, constant=b.chance(0.8)) for _ in range(b.integer(1, 2))]
    return b.node(op, inputs, outputs=b.pick([1, 1, 1, 2, 3]), axis=axis, epsilon=b.pick([None, 1e-3]),
                  stash_type=b.pick([None, 1]))


@generates("MeanVarianceNormalization")
def mean_variance_norm(b, op):
    x = b.data(b.types(op), low=4)
    return b.node(op, [x], axes=b.axes(b.rank(x), fewest=1) if b.chance(0.6) else None)


@generates("LRN")
def lrn(b, op):
    x = b.data(b.types(op), low=3, high=4)
    return b.node(op, [x], size=b.integer(1, 6), alpha=b.pick([None, 0.1]), beta=b.pick([None, 0.5]),
                  bias=b.pick([None, 2.0]))


@generates("OneHot")
def one_hot(b, op):
    depth = b.integer(1, 6)
    index_type = b.pick([t for t in b.types(op) if t not in (v.BOOL, v.BF16)])
    shape = b.shape(1, 3)
    low = 0 if index_type == v.U8 else -depth - 1
    indices = b.leaf(index_type, shape, b.rng.integers(low, depth + 2, shape))
    values = b.leaf(b.pick_type(b.types(op, 2)), [2])
    depth_type = b.pick([v.I64, v.I32, v.F32])
    return b.node(op, [indices, b.parameter(b.pick([depth, [depth]]), depth_type), values],
                  axis=b.axis(len(shape) + 1) if b.chance(0.7) else None)


@generates("Range")
def value_range(b, op):
    dtype = b.pick_type(b.types(op))
    delta = b.pick([1, 2, 3, -1, -2])
    start = b.integer(-5, 5)
    limit = start + delta * b.integer(0 if b.empty else 1, 9) - b.pick([0, 0, 1]) * (1 if delta > 0 else -1)
    if v.is_float(dtype):
        start, limit, delta = start + 0.5, limit + 0.25, delta * 0.25
    return b.node(op, [b.parameter(x, dtype) for x in (start, limit, delta)])


@generates("EyeLike")
def eye_like(b, op):
    dtype = b.pick([None, v.F32, v.F64, v.I32, v.I64, v.U8, v.BOOL])
    return b.node(op, [b.data(b.types(op), low=2, high=2)], k=b.pick([None, -1, 0, 1, 3]),
                  dtype=dtype and helper.np_dtype_to_tensor_dtype(dtype))


@generates("Trilu")
def trilu(b, op):
    inputs = [b.data(b.types(op), low=2)]
    if b.chance(0.6):
        inputs.append(b.parameter(b.integer(-3, 3)))
    return b.node(op, inputs, upper=b.pick([None, 0, 1]))


@generates("ConstantOfShape")
def constant_of_shape(b, op):
    dtype = b.pick(v.TYPES if b.opset >= 20 else [t for t in v.TYPES if t != v.BF16])
    value = helper.make_tensor("", helper.np_dtype_to_tensor_dtype(dtype), [1],
                               v.random_values(b.rng, dtype, [1]).tolist()) if b.chance(0.7) else None
    return b.node(op, [b.parameter(b.shape(0, 3))], value=value)


@generates("Constant")
def constant(b, op):
    if b.opset >= 12 and b.chance(0.5):
        attribute, value = b.pick([("value_float", 1.5), ("value_int", 2**53 + 1), ("value_floats", [0.5, -2.0]),
                                   ("value_ints", [3, -(2**60) - 1])])
        return b.node(op, [], **{attribute: value})
    allowed = b.schema(op).type_constraints[0].allowed_type_strs
    dtype = b.pick_type([t for name, t in v.SCHEMA_NAMES.items() if name in allowed])
    array = v.random_values(b.rng, dtype, b.shape(), b.special)
    flat = array.astype(np.float32) if dtype == v.BF16 else array
    return b.node(op, [], value=helper.make_tensor("", helper.np_dtype_to_tensor_dtype(dtype), array.shape,
                                                   flat.ravel().tolist()))
