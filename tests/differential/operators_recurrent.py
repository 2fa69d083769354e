"""Recurrent layers."""
import numpy as np

import values as v
from operators import generates

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
ACTIVATIONS = {"RNN": 1, "GRU": 2, "LSTM": 3}  # of a direction


@generates("RNN", "GRU", "LSTM")
def recurrent(b, op):
    gates = GATES[op]
    x = b.data([v.F32], low=3, high=3, where=lambda s: min(s) > 0,
               make=lambda: [b.pick([1, 2, 3, 7]), b.pick([1, 1, 2, 3]), b.pick([1, 3, 8])])
    steps, batch, width = b.shape_of(x)
    hidden = b.pick([1, 2, 5, 16, 17, 32])
    direction = b.pick([None, "forward", "reverse", "bidirectional"])
    directions = 2 if direction == "bidirectional" else 1
    given = {"direction": direction, "hidden_size": hidden}
    if op == "LSTM" and b.chance(0.2):
        given["input_forget"] = 1
    if op == "GRU":
        given["linear_before_reset"] = b.pick([None, 0, 1])
    if b.chance(0.2):
        given["clip"] = b.pick([0.5, 3.0])
    if b.chance(0.3):
        names = [b.pick(["Sigmoid", "Tanh", "Relu", "HardSigmoid", "LeakyRelu", "Softsign"])
                 for _ in range(ACTIVATIONS[op] * directions)]
        given["activations"] = names
        if "LeakyRelu" not in names and b.chance(0.5):
            given["activation_alpha"] = [0.3] * names.count("HardSigmoid") or None
            given["activation_beta"] = [0.4] * names.count("HardSigmoid") or None

    def weights(*shape):
        values = np.array([b.real(-1, 1) for _ in range(int(np.prod(shape)))]).reshape(shape) / max(2, hidden) ** 0.5
        return b.leaf(v.F32, list(shape), values.astype(v.F32), constant=b.chance(0.8))

    inputs = [x, weights(directions, gates * hidden, width), weights(directions, gates * hidden, hidden)]
    inputs.append(weights(directions, 2 * gates * hidden) if b.chance(0.7) else "")
    lengths = np.array([b.integer(1, steps) for _ in range(batch)], dtype=v.I32)
    inputs.append(b.leaf(v.I32, [batch], lengths, constant=b.chance(0.5)) if b.chance(0.4) else "")
    inputs.append(weights(directions, batch, hidden) if b.chance(0.5) else "")
    if op == "LSTM":
        inputs.append(weights(directions, batch, hidden) if b.chance(0.5) else "")
        inputs.append(weights(directions, 3 * hidden) if b.chance(0.3) else "")
    while not inputs[-1]:
        inputs.pop()
    return b.node(op, inputs, outputs=b.integer(1, 3 if op == "LSTM" else 2), **given)
