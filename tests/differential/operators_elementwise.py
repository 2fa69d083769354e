"""Operators that work on each element on its own."""
import numpy as np
from onnx import helper

import values as v
from operators import generates


@generates("Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor",
           "HardSwish", "Identity", "IsNaN", "Log", "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round", "Sigmoid", "Sign",
           "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh")
def unary(b, op):
    x = b.data(b.types(op))
    if op in ("Log", "Sqrt") and b.chance(0.7):
        x = b.node("Abs", [x])
    out = b.node(op, [x])
    deep = b.integer(20, 50) if b.chance(0.01) else 0
    for _ in range(b.integer(0, 3) if op == "Identity" else deep if op in ("Abs", "Relu", "Sigmoid", "Neg", "Tanh") else 0):
        out = b.node(op, [out])
    return out


@generates("Celu", "Elu", "HardSigmoid", "LeakyRelu", "Selu", "Shrink", "ThresholdedRelu")
def unary_with_numbers(b, op):
    def maybe(low, high):
        return b.real(low, high) if b.chance(0.7) else None
    return b.node(op, [b.data(b.types(op))], alpha=maybe(0.1, 2), beta=maybe(0, 1), gamma=maybe(0.5, 2),
                  lambd=maybe(0, 1), bias=maybe(0, 1))


@generates("BitwiseNot")
def bitwise_not(b, op):
    return b.node(op, [b.data(b.types(op))])


@generates("BitwiseAnd", "BitwiseOr", "BitwiseXor")
def bitwise(b, op):
    x = b.data(b.types(op))
    return b.node(op, [x, b.partner(x)])


@generates("BitShift")
def bit_shift(b, op):
    x = b.data([v.U8])
    return b.node(op, [x, b.partner(x, types=[v.U8])], direction=b.pick(["LEFT", "RIGHT"]))


@generates("Gelu")
def gelu(b, op):
    return b.node(op, [b.data(b.types(op))], approximate=b.pick([None, "none", "tanh"]))


@generates("IsInf")
def is_inf(b, op):
    x = b.leaf(b.pick([v.F32, v.F64]), b.shape(), None)
    return b.node(op, [x], detect_negative=b.pick([None, 0, 1]), detect_positive=b.pick([None, 0, 1]))


@generates("Dropout")
def dropout(b, op):
    inputs = [b.data(b.types(op))]
    if b.opset >= 12 and b.chance(0.5):
        inputs.append(b.parameter(b.real(0, 0.9), v.F32))
        if b.chance(0.5):
            inputs.append(b.parameter(False, v.BOOL))
    elif b.opset >= 12 and b.chance(0.2):
        inputs += ["", b.parameter(False, v.BOOL)]
    return b.node(op, inputs, ratio=b.real(0, 0.9) if b.chance(0.5) else None, seed=b.pick([None, 3]))


@generates("Cast")
def cast(b, op):
    x = b.data(b.types(op))
    targets = [t for t in v.TYPES if b.can_cast(x, t) and (t != v.BF16 or b.opset >= 13)]
    saturate = b.pick([None, 1])
    return b.node(op, [x], to=helper.np_dtype_to_tensor_dtype(b.pick(targets)), saturate=saturate)


@generates("CastLike")
def cast_like(b, op):
    x = b.data(b.types(op))
    targets = [t for t in v.TYPES if b.can_cast(x, t)]
    return b.node(op, [x, b.data(targets)])


@generates("Add", "And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Mul", "Or", "Sub", "Xor")
def binary(b, op):
    x = b.data(b.types(op))
    pair = [x, b.partner(x)]
    if op == "Add" and b.chance(0.1):  # an expression that doubles each time
        for _ in range(b.integer(2, 14)):
            x = b.node(op, [x, x])
        return x
    return b.node(op, pair if b.chance(0.7) else pair[::-1])


@generates("Div", "Mod")
def division(b, op):
    fmod = b.pick([None, 0, 1]) if op == "Mod" else None
    types = [t for t in b.types(op) if op == "Div" or fmod or not v.is_float(t)]
    x = b.data(types)
    if v.is_float(b.dtype(x)):
        return b.node(op, [x, b.partner(x)], fmod=fmod)

    def divisors(dtype, shape):
        drawn = v.random_values(b.rng, dtype, shape, b.special)
        return drawn if b.special else np.where(drawn == 0, 3, drawn)
    return b.node(op, [x, b.partner(x, values=divisors)], fmod=fmod)


@generates("Pow")
def power(b, op):
    x = b.data(b.types(op))
    types = b.types(op, 1) if b.opset >= 12 else [b.dtype(x)]
    if not v.is_float(b.dtype(x)):
        types = [t for t in types if not v.is_float(t)] or types

    def exponents(dtype, shape):
        return np.asarray(b.rng.integers(0 if not v.is_float(b.dtype(x)) else -2, 4, shape) if b.chance(0.7) or
                          not v.is_float(dtype) else b.rng.uniform(-2, 3, shape)) if dtype != v.U8 else \
            b.rng.integers(0, 4, shape)
    return b.node(op, [x, b.partner(x, types=types, values=exponents)])


@generates("PRelu")
def prelu(b, op):
    x = b.data(b.types(op))
    return b.node(op, [x, b.partner(x, extend=False)])


@generates("Max", "Mean", "Min", "Sum")
def variadic(b, op):
    x = b.data(b.types(op))
    inputs = [x]
    for _ in range(b.integer(0, 3)):
        inputs.append(b.partner(x) if b.opset >= 8 else b.leaf(b.dtype(x), b.shape_of(x)))
    return b.node(op, [inputs[i] for i in b.rng.permutation(len(inputs))])


@generates("Where")
def where(b, op):
    x = b.data(b.types(op, 1))
    y = b.partner(x)
    if b.chance(0.4):
        condition = b.data([v.BOOL], where=lambda s: broadcastable(s, b.shape_of(x)),
                           make=lambda: b.partner_shape(b.shape_of(x)))
    else:
        shape = b.partner_shape(b.shape_of(x))
        condition = b.leaf(v.BOOL, shape, np.full(shape, b.chance(0.5)) if b.chance(0.3) else None)
    return b.node(op, [condition, x, y])


def broadcastable(a, b):
    return all(i == j or i == 1 or j == 1 for i, j in zip(reversed(a), reversed(b)))


@generates("Clip")
def clip(b, op):
    x = b.data(b.types(op))
    low, high = sorted(v.random_values(b.rng, b.dtype(x), [2]).tolist())
    if b.special and b.chance(0.3):
        least, most = (v.special_values(b.dtype(x))[:2] if not v.is_float(b.dtype(x)) else
                       (-v.LARGEST[b.dtype(x)], v.LARGEST[b.dtype(x)]))
        low, high = b.pick([(least, high), (low, most), (least, most), (high, low)])
    if b.opset < 11:
        return b.node(op, [x], min=float(low) if b.chance(0.7) else None, max=float(high) if b.chance(0.7) else None)
    bounds = [b.leaf(b.dtype(x), [], bound, constant=b.chance(0.7)) if b.chance(0.7) else "" for bound in (low, high)]
    while bounds and not bounds[-1]:
        bounds.pop()
    return b.node(op, [x, *bounds])
