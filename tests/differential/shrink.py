"""Makes a failing case small, and tells about it in a few lines."""
import numpy as np
from onnx import helper

import evaluation
import values as v
from builder import Builder, require_certain
from evaluation import Evaluated, Refused
from graphs import Case


def part_of(case, outputs, cut=()):
    """The case with these outputs only, without what they do not need; tensors of `cut` are inputs instead. Raises Refused
    if that can't be evaluated."""
    whole, b = case.builder, Builder(np.random.default_rng(0), case.builder.opset)
    needed, nodes = set(outputs), []
    for node in reversed(whole.nodes):
        if any(o in needed and o not in cut for o in node.output):
            nodes.insert(0, node)
            needed.update(n for n in node.input if n)
    computed = {o for node in nodes for o in node.output}
    for name, tensor in whole.tensors.items():
        if name not in needed or (name in computed and name not in cut):
            continue
        b.tensors[name] = Evaluated.known(tensor.declared)
        if name in whole.initializers or tensor.dtype == v.BF16:
            b.initializers[name] = tensor.declared
        if name not in b.initializers or name in whole.inputs:
            b.inputs[name] = tensor.declared
        if name in whole.fixed:
            b.fixed.add(name)
    b.nodes = nodes
    for node in nodes:
        given = {n: b.tensors[n] for n in node.input if n}
        for name, result in zip(node.output, evaluation.evaluate(node, b.opset, given, b.fixed & set(given), b.noise)):
            require_certain(result, node.op_type)
            b.tensors[name] = result
    return Case(b, list(outputs), [n.op_type for n in nodes])


def storable(case, names):
    return [n for n in names if case.builder.dtype(n) != v.BF16]


def shrink(case, still_fails):
    """The smallest case found for which `still_fails` holds."""
    def attempt(outputs, cut=()):
        try:
            smaller = part_of(case, outputs, cut)
            return smaller if smaller.outputs and still_fails(smaller) else None
        except (Refused, KeyError, ValueError):
            return None

    for node in case.builder.nodes:  # one node alone
        found = attempt(storable(case, node.output), cut=[n for n in node.input if n])
        if found:
            return without_outputs(found, still_fails)
    for name in storable(case, [o for node in case.builder.nodes for o in node.output]):  # as early as can be
        found = attempt([name])
        if found:
            case = found
            break
    for node in list(case.builder.nodes):
        case = attempt(case.outputs, cut=node.output) or case
    return without_outputs(case, still_fails)


def without_outputs(case, still_fails):
    for name in list(case.outputs):
        if len(case.outputs) > 1:
            try:
                smaller = part_of(case, [n for n in case.outputs if n != name])
                case = smaller if still_fails(smaller) else case
            except (Refused, KeyError, ValueError):
                pass
    return case


def described(case):
    """The graph as text: its leaves, its nodes, its outputs."""
    b = case.builder
    lines = [f"opset {b.opset}"]
    for name, tensor in b.tensors.items():
        if name not in b.inputs and name not in b.initializers:
            continue
        kind = "input" if name not in b.initializers else "constant and input" if name in b.inputs else "constant"
        if v.is_float(tensor.dtype) and np.any(np.isnan(tensor.wide)):
            kind += " with NaN"
        text = np.array2string(tensor.declared.ravel(), threshold=12, max_line_width=1000, separator=",")
        lines.append(f"{name}: {kind} {tensor.dtype}{list(tensor.shape)} = {text}")
    for node in b.nodes:
        attributes = ", ".join(f"{a.name}={attribute_text(a)}" for a in node.attribute)
        outputs = ", ".join(f"{o}: {b.dtype(o)}{b.shape_of(o)}" for o in node.output)
        lines.append(f"{outputs} = {node.op_type}({', '.join(node.input)}) {{{attributes}}}")
    return "\n".join([*lines, "outputs: " + ", ".join(case.outputs)])


def attribute_text(attribute):
    value = helper.get_attribute_value(attribute)
    return value.decode() if isinstance(value, bytes) else "tensor" if hasattr(value, "dims") else str(value)
