"""What is to be said about what the compiler made of a model."""
import os
from collections import namedtuple

import numpy as np

import values as v

# kind: see KINDS; detail: one line.
Verdict = namedtuple("Verdict", "kind detail")

KINDS = {
    "match": "all outputs match",
    "match one": "all outputs match one of two references that disagree",
    "refused": "refused with a reason, by check and compile alike",
    "differs": "an output differs",
    "check": "check and compile disagree",
    "internal": "internal error (exit code 70)",
    "crash": "ended by a signal",
    "hang": "no answer in time",
}
GOOD = ("match", "match one", "refused")

# An answer may be this many times as far off as any sample of random rounding was, and some units in the last place.
SPREADS, ULPS, REFERENCE_ULPS = 8, 8, 10000


def write_case(case, folder):
    """model.onnx and in.npz, as the runner expects them."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(case.model.SerializeToString())
    inputs = {n: a for n, a in case.builder.inputs.items() if n not in case.builder.initializers}
    path = os.path.join(folder, "in.npz")
    if inputs:
        np.savez(path, **inputs)
    elif os.path.exists(path):
        os.remove(path)


def judge(case, runner, folder):
    write_case(case, folder)
    answer = runner.run(folder)
    if "died" in answer:
        return Verdict("hang" if answer["died"].startswith("no answer") else "crash", answer["died"])
    message = " ".join(str(answer["message"]).replace(folder + "/", "").split())
    if 70 in (answer["code"], answer["check_code"]):
        return Verdict("internal", message)
    if answer["check"] != (answer["code"] == 0):
        said = "; ".join(answer["missing"]) or message
        return Verdict("check", f"check: {'yes' if answer['check'] else 'no'} ({said}), compile and run: {message or 'yes'}")
    if answer["code"]:
        return Verdict("refused", "; ".join(sorted(set(answer["missing"]))) or message)
    return compare(case, answer["outputs"])


def compare(case, outputs):
    disputed = ""
    for name, expected in case.expected().items():
        if name not in outputs:
            return Verdict("differs", f"output {name} is missing")
        found = outputs[name]
        if found.dtype != expected.dtype or found.shape != expected.shape:
            return Verdict("differs", f"output {name} is {found.dtype} {list(found.shape)}, expected {expected.dtype} "
                           f"{list(expected.shape)}")
        wrong, dispute = differing(found, expected)
        if dispute:
            disputed += f"{producer(case, name)} {expected.by}; "
        if wrong is not None:
            return Verdict("differs", f"output {name}{[int(i) for i in wrong]} is {found[wrong]!s}, expected {expected.declared[wrong]!s}"
                           f" ({expected.by}; in f64 {expected.wide[wrong]!s}, spread {expected.spread()[wrong]:.2g})"
                           if v.is_float(found.dtype) else
                           f"output {name}{[int(i) for i in wrong]} is {found[wrong]!s}, expected {expected.declared[wrong]!s} "
                           f"({expected.by})")
    return Verdict("match one" if disputed else "match", disputed)


def producer(case, name):
    return next((n.op_type for n in case.builder.nodes if name in n.output), "no node")


def differing(found, expected):
    """(index of an element that matches neither reference, or None; whether the references differ)."""
    if not v.is_float(found.dtype):
        wrong = np.argwhere(found != expected.declared)
        return (tuple(wrong[0]) if len(wrong) else None), False
    declared = expected.declared.astype(v.F64)
    allowed = tolerance(declared, expected)
    right = close(found.astype(v.F64), expected.wide, allowed)
    plain = close(found.astype(v.F64), declared, allowed)
    wrong = np.argwhere(~(right | plain))
    return (tuple(wrong[0]) if len(wrong) else None), not np.all(close(declared, expected.wide, allowed))


def tolerance(declared, expected):
    """How far an element may be off, for each."""
    epsilon, spread = v.EPSILON[expected.dtype], SPREADS * expected.spread()
    lost = np.isfinite(declared) & ~np.isfinite(expected.wide)  # another element was taken, say
    spread = np.where(lost, np.max(spread, initial=0), spread)
    with np.errstate(all="ignore"):
        magnitude = np.fmax(np.abs(expected.wide), np.abs(declared))
        error = np.abs(declared - expected.wide)  # of the reference in its own type: as good as that is good enough
        allowed = spread + ULPS * epsilon * magnitude + np.where(error <= REFERENCE_ULPS * epsilon * magnitude, 2 * error, 0)
        return np.nan_to_num(allowed, nan=0.0, posinf=0.0) + 4 * v.SMALLEST[expected.dtype]


def close(a, b, allowed):
    with np.errstate(all="ignore"):
        return (a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= allowed)
