"""A random graph: a chain of operators, most of which read what is there, and a choice of outputs."""
import re
from pathlib import Path

import numpy as np
import onnx

from builder import Builder
from evaluation import Refused
from operators import GENERATORS, add_node

OLDEST, NEWEST = 7, 21  # operator sets
DOCUMENT = Path(__file__).parents[2] / "docs" / "operators.md"


def documented_operators():
    """(name, first operator set) of every operator that the compiler claims and that these operator sets have."""
    rows = re.findall(r"^\| (\w+) \| (\d+)–\d+ \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return [(name, int(first)) for name, first in rows if int(first) <= NEWEST]


OPERATORS = documented_operators()


def available(name, first, opset):
    if opset < first or name not in GENERATORS:
        return False
    try:
        return not onnx.defs.get_schema(name, opset).deprecated
    except onnx.defs.SchemaError:
        return False


class Case:
    """A model and what it must compute."""

    def __init__(self, builder, outputs, operators):
        self.builder, self.outputs, self.operators = builder, outputs, operators
        self.model = builder.model(outputs)

    def expected(self):
        return {name: self.builder.tensors[name] for name in self.outputs}


def random_graph(seed, index):
    """The case `index` of the run with this seed; one of its operators is the next of the list each time."""
    for attempt in range(20):
        case = attempted(np.random.default_rng([seed, index, attempt]), index)
        if case:
            return case
    raise RuntimeError(f"found no valid graph for case {index} of seed {seed}")


def attempted(rng, index):
    """A valid graph, or None."""
    focus, first = OPERATORS[index % len(OPERATORS)]
    opsets = [o for o in range(OLDEST, NEWEST + 1) if available(focus, first, o)]
    builder = Builder(rng, int(rng.choice(opsets)))
    known = [name for name, first in OPERATORS if available(name, first, builder.opset)]
    length = int(rng.choice((1, 1, 2, 3, 4, 5, 6, 8, 10, 12)))
    at, operators = int(rng.integers(length)), []
    for step in range(length):
        for attempt in range(8):
            op = focus if step == at else str(rng.choice(known))
            before = builder.state()
            try:
                add_node(builder, op)
                operators.append(op)
                break
            except Refused:
                builder.restore(before)
    try:
        case = Case(builder, choose_outputs(builder), operators)
        onnx.checker.check_model(case.model, full_check="MeanVarianceNormalization" not in operators)  # onnx's own is broken
        return case
    except (Refused, IndexError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError):
        return None


def choose_outputs(b):
    """Most tensors that nobody reads, some that are read too; at times an input or a constant. The rest is dead."""
    read = {name for node in b.nodes for name in node.input}
    computed = [name for node in b.nodes for name in node.output]
    storable = [n for n in computed if b.dtype(n).name != "bfloat16"]
    ends = [n for n in storable if n not in read and b.chance(0.95)]
    ends += [n for n in storable if n in read and b.chance(0.15)]
    others = [n for n in b.tensors if n not in computed and n not in b.fixed and b.dtype(n).name != "bfloat16"]
    if others and b.chance(0.05):
        ends.append(b.pick(others))
    if not ends:
        ends = storable[-1:] or [cast_of_last(b)]
    return [ends[int(i)] for i in b.rng.permutation(len(ends))]


def cast_of_last(b):
    """What is left of bf16 leaves as f32, as files hold no bf16."""
    return b.node("Cast", [b.nodes[-1].output[0]], to=onnx.TensorProto.FLOAT)
