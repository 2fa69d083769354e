"""The value of one ONNX node by ONNX Runtime or, where it can't, by ONNX's reference evaluator.

Twice: in the types of the graph (`declared`), and with every float as f64 (`wide`). To learn how far rounding may take a
right answer, a node is evaluated some times more on values that carry random rounding errors (`samples`): Monte Carlo
arithmetic, as in D. S. Parker, "Monte Carlo Arithmetic", 1997.
"""
import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import values as v
from own_meaning import own_meaning

SAMPLES = 4
# Results are elements of the inputs, or exact whatever they are.
MOVES = set("""Identity Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Slice Split Pad Gather Concat Where Max Min
    Relu Clip Abs Neg Sign Floor Ceil Round MaxPool GlobalMaxPool ReduceMax ReduceMin ArgMax ArgMin Hardmax OneHot EyeLike
    Trilu Range Shape Size Constant ConstantOfShape DepthToSpace SpaceToDepth Dropout IsNaN IsInf Not And Or Xor Equal Less
    LessOrEqual Greater GreaterOrEqual ThresholdedRelu Mod GatherElements GatherND Scatter TopK ReverseSequence Compress NonZero CenterCropPad
    BitShift""".split())
# Correctly rounded, so exact where the result is representable.
ROUNDED = set("Add Sub Mul Div Sqrt Cast CastLike Sum Mean".split())
# Sums: errors of their terms too, which cancellation enlarges, and which grow with the number of terms.
SUMS = set("""Add Sub Sum Mean MatMul Gemm Conv ConvTranspose AveragePool GlobalAveragePool ReduceSum ReduceMean ReduceL1
    ReduceSumSquare CumSum Einsum ScatterElements ScatterND""".split())
INNER_SUMS = set("""BatchNormalization InstanceNormalization GroupNormalization LayerNormalization MeanVarianceNormalization
    LRN LpNormalization RNN GRU LSTM ReduceL2 ReduceLogSum ReduceLogSumExp Softmax LogSoftmax Resize Upsample GridSample
    RoiAlign""".split())
# Near 0 as inexact as near 1, as they are commonly computed.
NEAR_ONE = set("Celu Elu Selu RNN GRU LSTM".split())
# Where ONNX Runtime's f64 is off by many units in the last place, and NumPy's is not.
BY_NUMPY = set("Cos Sin Tan Sigmoid Tanh Exp Log Softplus Softsign Shrink".split())
# ONNX Runtime drops a NaN or not by its place; NumPy never does.
BY_NUMPY |= set("ReduceMax ReduceMin GlobalMaxPool".split())
# Its sums of integers are not those of two's complement where they overflow, and its powers of e are integers too.
WHOLE_BY_NUMPY = set("Einsum ReduceSum ReduceL1 ReduceL2 ReduceProd ReduceSumSquare ReduceLogSum ReduceLogSumExp".split())
# Roots, logarithms and powers of integers are those of f64.
WHOLE_BY_F64 = set("ReduceL2 ReduceLogSum ReduceLogSumExp Pow".split())


class Refused(Exception):
    """Neither evaluator takes the node."""


def value_info(name, dtype):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(dtype), None)


def single_node_model(node, opset, fed, fixed):
    """A model of one node; `fed` are dtypes by name, `fixed` arrays by name."""
    graph = helper.make_graph([node], "g", [value_info(n, t) for n, t in fed.items()],
                              [helper.make_empty_tensor_value_info(n) for n in node.output if n],
                              [numpy_helper.from_array(a, n) for n, a in fixed.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    return model


def ort_session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


class Evaluator:
    """One node with inputs of certain types; `run` takes their values by name."""

    def __init__(self, node, opset, fed, fixed, use_runtime=True):
        self.node, self.by = node, None
        model = single_node_model(node, opset, fed, fixed)
        self.own = own_meaning(node, {**fed, **{n: a.dtype for n, a in fixed.items()}})
        self.fixed, self.session, self.reference = fixed, None, None
        if self.own:
            return
        try:
            if use_runtime and v.BF16 not in fed.values():
                self.session = ort_session(model)
        except Exception:  # its exceptions have no common type
            pass
        self.model = model

    def run(self, feeds):
        if self.own:
            self.by = "own"
            try:
                with np.errstate(all="ignore"):
                    value = self.own(*({**feeds, **self.fixed}[n] for n in self.node.input if n))
                    return list(value) if isinstance(value, tuple) else [value]
            except ValueError as error:  # of NumPy: a maximum of nothing, a window larger than its data
                raise Refused(str(error)) from error
        if self.session:
            try:
                outputs = self.session.run(None, feeds)
                self.by = "ort"
                return outputs
            except Exception:
                self.session = None
        try:
            with np.errstate(all="ignore"):
                self.reference = self.reference or ReferenceEvaluator(self.model)
                self.by = "reference"
                return [np.asarray(a) for a in self.reference.run(None, feeds)]
        except Exception as error:
            raise Refused(f"{self.node.op_type}: {error}") from None


def widened(node):
    """The node for inputs of which all floats are f64."""
    wide = onnx.NodeProto()
    wide.CopyFrom(node)
    floats = (onnx.TensorProto.FLOAT, onnx.TensorProto.BFLOAT16)
    for attribute in wide.attribute:
        if node.op_type == "Cast" and attribute.name == "to" and attribute.i in floats:
            attribute.i = onnx.TensorProto.DOUBLE
    return wide


def wide_array(array):
    return array.astype(v.F64) if v.is_float(array.dtype) else array


class Evaluated:
    """A tensor: its value in its own type, in f64, and with random rounding errors."""

    def __init__(self, declared, wide, samples, by):
        self.declared, self.wide, self.samples, self.by = declared, wide, samples, by
        self.dtype, self.shape = declared.dtype, declared.shape

    @staticmethod
    def known(array):
        wide = wide_array(array)
        return Evaluated(array, wide, [wide] * SAMPLES, "given")

    def spread(self):
        """How far rounding took the samples from the wide value, for each element."""
        with np.errstate(all="ignore"):
            return np.nan_to_num(np.max([np.abs(s - self.wide) for s in self.samples], axis=0), nan=0.0, posinf=0.0)


def noisy(rng, values, dtype, ulps):
    with np.errstate(all="ignore"):
        return values * (1 + ulps * v.EPSILON[dtype] * rng.uniform(-1, 1, values.shape))


def evaluate(node, opset, inputs, fixed, rng):
    """The outputs of `node` as Evaluated. `inputs`: Evaluated by name; `fixed`: names of those among them that say how
    (axes, shapes), which are the same in every type."""
    fed = {n: t for n, t in inputs.items() if n not in fixed}
    arrays = {n: inputs[n].declared for n in fixed}
    wide_types = {n: v.F64 if v.is_float(t.dtype) else t.dtype for n, t in fed.items()}
    wide_evaluator = Evaluator(widened(node), opset, wide_types, arrays, use_runtime=node.op_type not in BY_NUMPY)
    target = cast_target(node, inputs)
    brief = v.BF16 in [t.dtype for t in inputs.values()] + [target]  # neither evaluator is to be believed
    if brief:
        declared = [in_bf16(a, target) for a in wide_evaluator.run({n: t.wide for n, t in fed.items()})]
        by = wide_evaluator.by + " in f64"
    else:
        whole = not any(v.is_float(t.dtype) for t in fed.values())
        evaluator = Evaluator(node, opset, {n: t.dtype for n, t in fed.items()}, arrays,
                              use_runtime=not (whole and node.op_type in WHOLE_BY_NUMPY))
        declared = evaluator.run({n: t.declared for n, t in fed.items()})
        if whole and node.op_type in WHOLE_BY_NUMPY:  # which sums in i64
            declared = [a.astype(next(iter(fed.values())).dtype) for a in declared]
        by = evaluator.by
    types = [a.dtype for a in declared]
    if node.op_type in WHOLE_BY_F64 and not v.is_float(types[0]) and any(largest(t.declared.astype(v.F64)) > 2.0**26 for t in fed.values()):
        raise Refused(f"{node.op_type}: integers whose squares f64 does not have")
    if not any(v.is_float(t) for t in [*types, *(t.dtype for t in fed.values())]):
        return [Evaluated(a, a, [a] * SAMPLES, by) for a in declared]

    exact_known = True

    def wide_run(feeds):
        nonlocal exact_known
        try:
            outputs = wide_evaluator.run(feeds)
            if [a.shape for a in outputs] != [a.shape for a in declared]:
                raise Refused("the evaluators disagree about shapes")
        except Refused:
            if brief:
                raise
            outputs = evaluator.run({n: a.astype(fed[n].dtype) for n, a in feeds.items()})
            exact_known = False
        return [within_range(a, t) for a, t in zip(outputs, types)]

    wide = wide_run({n: t.wide for n, t in fed.items()})
    if node.op_type in SUMS | INNER_SUMS:
        require_no_overflow(node, fed, wide)
    samples = [one_sample(node, wide_run, fed, types, wide, s, exact_known, rng) for s in range(SAMPLES)]
    return [Evaluated(d, w, [s[i] for s in samples], by) for i, (d, w) in enumerate(zip(declared, wide))]


def cast_target(node, inputs):
    if node.op_type == "CastLike":
        return inputs[node.input[1]].dtype
    if node.op_type == "Cast":
        return next(helper.tensor_dtype_to_np_dtype(a.i) for a in node.attribute if a.name == "to")
    return None


def in_bf16(array, target):
    return array.astype(target or v.BF16) if v.is_float(array.dtype) else array


def require_no_overflow(node, fed, wide):
    """Refuses sums whose parts may overflow: the order in which they are added would decide."""
    if node.op_type in ("Softmax", "LogSoftmax", "ReduceLogSumExp"):
        return  # the largest is subtracted first
    most = [largest(t.wide) for t in fed.values() if v.is_float(t.dtype)]
    with np.errstate(all="ignore"):
        plain = node.op_type in ("Add", "Sub", "Sum", "Mean", "ReduceSum", "ReduceMean", "ReduceL1", "AveragePool",
                                 "GlobalAveragePool", "CumSum", "Resize", "Upsample")
        product = max(most, default=0) if plain else max(most, default=0) ** 2 if len(most) < 2 else \
            np.prod(np.maximum(most, 1))
        if product * max(terms(node, fed, wide), 4) > min((v.LARGEST[t.dtype] for t in fed.values() if v.is_float(t.dtype)),
                                                          default=np.inf):
            raise Refused(f"{node.op_type}: may overflow on the way")


def within_range(array, dtype):
    """In f64, but infinite where `dtype` is."""
    if not v.is_float(dtype):
        return array
    wide = array.astype(v.F64)
    with np.errstate(all="ignore"):
        return np.where(np.abs(wide) > v.LARGEST[dtype], v.rounded(wide, dtype), wide)


def one_sample(node, wide_run, fed, types, wide, s, exact_known, rng):
    """The node's outputs on sample `s` of its inputs, with rounding errors of its own."""
    op = node.op_type
    correct = op in SUMS or op in ROUNDED
    inexact = op in INNER_SUMS or op in SUMS and not (
        exact_known and all(np.all(representable(w, t)) for w, t in zip(wide, types)))
    if not inexact and all(t.samples[s] is t.wide for t in fed.values()):
        outputs = wide  # nothing differs yet
    elif not inexact:
        outputs = wide_run({n: t.samples[s] for n, t in fed.items()})
    else:
        ulps = 1 + terms(node, fed, wide) / 16  # that many are added one after the other, or more
        outputs = wide_run({n: noisy(rng, t.samples[s], t.dtype, ulps) if v.is_float(t.dtype) else t.samples[s]
                            for n, t in fed.items()})
    if op in MOVES:
        return outputs
    result = []
    for out, t in zip(outputs, types):
        if v.is_float(t):
            if op in INNER_SUMS:  # an error of the sum is one of all elements
                out = out * (1 + v.EPSILON[t] * rng.uniform(-1, 1) * terms(node, fed, wide) / 16)
            exact = representable(out, t) & correct & exact_known
            out = np.where(exact, out, noisy(rng, out, t, 1 if correct else 4)) + absolute_noise(node, out, t, fed, rng)
        result.append(out)
    return result


def absolute_noise(node, out, dtype, fed, rng):
    """Errors that do not shrink with the result."""
    op, scale = node.op_type, 0
    finite = np.isfinite(out)
    if op in NEAR_ONE:
        scale = np.where(out < 0, 4, 0)
    elif op in ("Gelu", "Mish"):  # 1 is added to -1 and a bit
        scale = np.where((out < 0) & finite, 4, 0)
    elif op in ("LogSoftmax", "ReduceLogSumExp", "ReduceLogSum"):  # the logarithm of what is near 1
        scale = np.where(finite, 2, 0)
    elif op in ("ReduceSum", "ReduceL1", "ReduceMean", "GlobalAveragePool", "Einsum"):  # rounded the same way each time
        data, n = next(iter(fed.values())).wide, terms(node, fed, [out])
        total = np.sum(np.abs(data[np.isfinite(data)])) / max(out.size, 1)
        scale = np.where(finite, n / 8 * (total if op in ("ReduceSum", "ReduceL1", "Einsum") else total / max(n, 1)), 0)
    elif op in ("Resize", "Upsample", "GridSample", "RoiAlign"):  # positions are f32
        data = next(iter(fed.values()))
        scale = 2 * max(data.shape, default=1) * largest(data.wide) * v.EPSILON[v.F32] / v.EPSILON[dtype]
    elif op in MOMENTS and out.shape == next(iter(fed.values())).shape:
        scale = np.where(finite, mean_error(node, *(t.wide for t in fed.values())), 0)
        if op in ("LayerNormalization", "GroupNormalization"):  # stash_type
            scale = scale + np.where(finite, np.abs(out), 0) * 8 * v.EPSILON[v.F32] / v.EPSILON[dtype]
    return scale * v.EPSILON[dtype] * rng.uniform(-1, 1, out.shape)


MOMENTS = ("LayerNormalization", "GroupNormalization", "InstanceNormalization", "MeanVarianceNormalization")


def mean_error(node, x, scale=1, bias=0):
    """How many units of the mean's rounding one of the result is, by element: what is subtracted from nearly equal numbers
    counts by their deviation."""
    given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    axes = tuple(range(given.get("axis", -1) % x.ndim, x.ndim)) if node.op_type == "LayerNormalization" else \
        tuple(given.get("axes", (0, 2, 3))) if node.op_type == "MeanVarianceNormalization" else tuple(range(2, x.ndim))
    with np.errstate(all="ignore"):
        deviation = np.sqrt(np.var(x, axis=axes, keepdims=True) + given.get("epsilon", 1e-18))
        error = np.max(np.abs(x), axis=axes, keepdims=True, initial=0) / deviation * largest(np.asarray(scale))
    return np.broadcast_to(np.nan_to_num(error, nan=0, posinf=0), x.shape)


def largest(values):
    return np.max(np.abs(values[np.isfinite(values)]), initial=0)


def representable(values, dtype):
    """Whether `dtype` has these values; whether it surely has, where they are held in the same type."""
    return (v.rounded(values, v.F32 if dtype == v.F64 else dtype) == values) | ~np.isfinite(values) \
        if v.is_float(dtype) else np.full(values.shape, True)


def terms(node, fed, outputs):
    """How many numbers are summed for one of the result, about."""
    sizes = [t.declared.size for t in fed.values()]
    if node.op_type in ("Conv", "ConvTranspose") and len(sizes) > 1:
        return sizes[1] / max(list(fed.values())[1].shape[0], 1)
    if node.op_type in ("MatMul", "Gemm"):
        return list(fed.values())[0].shape[-1]
    if node.op_type == "LayerNormalization":
        return sizes[1] if len(sizes) > 1 else sizes[0]
    if node.op_type in ("Softmax", "LogSoftmax", "LpNormalization", "CumSum"):
        return max(list(fed.values())[0].shape, default=1)
    if node.op_type in INNER_SUMS and node.op_type.endswith("Normalization"):
        return sizes[0] / 4
    if node.op_type in ("Resize", "Upsample"):
        return 4
    return max(sizes, default=1) / max(outputs[0].size, 1)

