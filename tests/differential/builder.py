"""A random ONNX graph under construction: every tensor's value is known as soon as its node is there."""
import numpy as np

from onnx import defs, helper, numpy_helper

import evaluation
import values as v
from evaluation import Evaluated, Refused

MOST_SPREAD = 1e4  # rounding errors: what is less certain is no test


class Builder:
    """The graph. Leaves are run-time inputs, initializers, or both; the latter may be shared."""

    def __init__(self, rng, opset):
        self.rng, self.opset = rng, opset
        self.noise = np.random.default_rng(0)  # its own: graphs do not depend on how they are judged
        self.special, self.empty = rng.random() < 0.2, rng.random() < 0.08
        self.tensors = {}  # name: Evaluated, in order
        self.inputs, self.initializers, self.fixed, self.nodes = {}, {}, set(), []

    def state(self):
        return [x.copy() for x in (self.tensors, self.inputs, self.initializers, self.fixed, self.nodes)]

    def restore(self, state):
        self.tensors, self.inputs, self.initializers, self.fixed, self.nodes = state

    # Chance.
    def chance(self, p):
        return bool(self.rng.random() < p)

    def pick(self, items):
        return items[int(self.rng.integers(len(items)))]

    def integer(self, low, high):
        """In [low, high]."""
        return int(self.rng.integers(low, high + 1))

    def integers(self, low, high, n):
        return [self.integer(low, high) for _ in range(n)]

    def real(self, low, high):
        return float(np.float32(self.rng.uniform(low, high)))

    def axis(self, rank):
        """Counted from the back at times, where the operator set allows it everywhere."""
        axis = self.integer(0, rank - 1)
        return axis - rank if self.opset >= 11 and self.chance(0.4) else axis

    def axes(self, rank, fewest=0):
        chosen = self.rng.permutation(rank)[:self.integer(fewest, rank)]
        return [int(a) - rank if self.opset >= 11 and self.chance(0.3) else int(a) for a in chosen]

    def shape(self, low=0, high=4):
        return v.random_shape(self.rng, self.integer(low, high), self.empty)

    # Tensors.
    def dtype(self, name):
        return self.tensors[name].dtype

    def shape_of(self, name):
        return list(self.tensors[name].shape)

    def rank(self, name):
        return len(self.tensors[name].shape)

    def value(self, name):
        return self.tensors[name].declared

    def name(self):
        return f"t{len(self.tensors)}"

    def schema(self, op):
        return defs.get_schema(op, self.opset)

    def types(self, op, position=0):
        """The element types that ONNX allows at an input, of those that are known here."""
        inputs = self.schema(op).inputs
        kind = inputs[min(position, len(inputs) - 1)].type_str
        allowed = {c.type_param_str: c.allowed_type_strs for c in self.schema(op).type_constraints}.get(kind, [kind])
        return [t for name, t in v.SCHEMA_NAMES.items() if name in allowed]

    def pick_type(self, types):
        weights = np.array([v.FREQUENCY[t] for t in types], dtype=float)
        return types[int(self.rng.choice(len(types), p=weights / weights.sum()))]

    def leaf(self, dtype, shape, values=None, constant=None):
        """A new tensor that no node computes. Those of bf16 are constant: NumPy's files have no such type."""
        if values is None:
            values = v.random_values(self.rng, dtype, shape, self.special and self.chance(0.5))
        name, array = self.name(), np.asarray(values).astype(dtype).reshape(shape)
        constant = self.chance(0.3) if constant is None else constant
        if constant or dtype == v.BF16:
            self.initializers[name] = array
        if name not in self.initializers or (constant and self.chance(0.05) and dtype != v.BF16):
            self.inputs[name] = array
        self.tensors[name] = Evaluated.known(array)
        return name

    def parameter(self, values, dtype=v.I64):
        """What says how an operator works (axes, shapes): an initializer, shared with others at times."""
        array = np.asarray(values, dtype=dtype)
        for name in self.fixed:
            same = self.initializers[name]
            if same.dtype == dtype and same.shape == array.shape and np.array_equal(same, array) and self.chance(0.5):
                return name
        name = self.name()
        self.initializers[name] = array
        self.fixed.add(name)
        self.tensors[name] = Evaluated.known(array)
        return name

    def data(self, types, low=0, high=4, where=lambda shape: True, make=None):
        """A tensor of one of these types with so many dimensions: one that is there, that one cast or reshaped, or a
        new one of the shape `make()`."""
        def fits(name):
            return low <= self.rank(name) <= high and where(self.shape_of(name))
        known = [n for n in self.tensors if n not in self.fixed]
        if self.chance(0.8):
            found = [n for n in known if self.dtype(n) in types and fits(n)]
            if found:
                return found[-1 - min(int(self.rng.exponential(1.0)), len(found) - 1)]
        if self.chance(0.5):
            castable = [n for n in known if fits(n)]
            if castable:
                name = self.cast(castable[-1], self.pick_type(types))
                if name:
                    return name
        shape = make() if make else self.shape(low, high)
        return self.leaf(self.pick_type(types), shape)

    def cast(self, name, dtype):
        """The tensor in another type; None where C would not define its values."""
        if not self.can_cast(name, dtype):
            return None
        return self.node("Cast", [name], to=helper.np_dtype_to_tensor_dtype(dtype))

    def can_cast(self, name, dtype):
        if not v.is_float(self.dtype(name)) or v.is_float(dtype) or dtype == v.BOOL:
            return True
        values, info = self.tensors[name].wide, np.iinfo(dtype)
        return bool(np.all(np.isfinite(values)) and np.all(values > info.min) and np.all(values < min(info.max, 2**62)))

    def partner_shape(self, shape, extend=True):
        """One that broadcasts with `shape`; without `extend`, to `shape`."""
        other = [1 if self.chance(0.25) else extent for extent in shape]
        if self.chance(0.3):
            other = other[self.integer(0, len(other)):]
        elif extend and self.chance(0.1) and len(shape) < 5:
            other = [self.integer(1, 3)] + other
        return other

    def partner(self, name, extend=True, types=None, values=None):
        """A second operand: the same tensor, one that is there, or a new one."""
        types = types or [self.dtype(name)]
        shape = self.shape_of(name)
        if values is None and self.dtype(name) in types and self.chance(0.08):
            return name
        if values is None and self.chance(0.5):
            found = [n for n in self.tensors if n not in self.fixed and n != name and self.dtype(n) in types and
                     broadcasts(shape, self.shape_of(n), extend)]
            if found:
                return self.pick(found)
        other = self.partner_shape(shape, extend)
        dtype = self.pick_type(types)
        return self.leaf(dtype, other, None if values is None else values(dtype, other))

    # Nodes.
    def node(self, op, inputs, outputs=1, **attributes):
        """Adds a node; returns its first output. Raises Refused if no evaluator takes it, or rounding decides it."""
        names = [f"t{len(self.tensors) + i}" for i in range(outputs)]
        attributes = {k: a for k, a in attributes.items() if a is not None and k in self.schema(op).attributes}
        proto = helper.make_node(op, inputs, names, name="" if self.chance(0.2) else f"n{len(self.nodes)}", **attributes)
        given = {n: self.tensors[n] for n in inputs if n}
        results = evaluation.evaluate(proto, self.opset, given, self.fixed & set(given), self.noise)
        for result in results:
            require_certain(result, op)
        for name, result in zip(names, results):
            self.tensors[name] = result
        self.nodes.append(proto)
        return names[0]

    def model(self, outputs):
        """The whole model; `outputs` are names."""
        graph = helper.make_graph(
            self.nodes, "random", [self.info(n, t) for n, t in self.inputs.items()],
            [self.info(n, self.tensors[n].declared) for n in outputs],
            [numpy_helper.from_array(a, n) for n, a in self.initializers.items()])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 8 if self.opset < 19 else 9 if self.opset < 21 else 10
        return model

    @staticmethod
    def info(name, array):
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def broadcasts(shape, other, extend):
    if len(other) > len(shape):
        return False
    pairs = zip(reversed(shape), reversed(other))
    return all(b == a or b == 1 or (extend and a == 1 and b < 20) for a, b in pairs)


def require_certain(result, op):
    """Refuses what depends on rounding: integers that differ, infinities and NaNs that come and go, large errors."""
    for sample in result.samples:
        if not v.is_float(result.dtype):
            if not np.array_equal(sample, result.wide):
                raise Refused(f"{op}: rounding decides its result")
        elif not np.array_equal(np.isfinite(sample), np.isfinite(result.wide)):
            raise Refused(f"{op}: rounding decides what is finite")
    if v.is_float(result.dtype) and result.wide.size:
        finite = np.isfinite(result.wide)
        limit = min(MOST_SPREAD * v.EPSILON[result.dtype], 0.1)
        magnitude = np.where(finite, np.abs(np.where(finite, result.wide, 0)), 0)
        largest = max(float(magnitude.max()), v.SMALLEST[result.dtype])
        if np.any(np.where(finite, result.spread(), 0) > limit * largest):
            raise Refused(f"{op}: rounding errors outgrow its result")
    if result.declared.size > 4 * v.MOST_ELEMENTS:
        raise Refused(f"{op}: large")
