"""For every operator of docs/operators.md a function that adds a random node of it to a graph."""
GENERATORS = {}


def generates(*names):
    def register(function):
        for name in names:
            GENERATORS[name] = function
        return function
    return register


def add_node(builder, op):
    """Adds a random node of this operator; raises evaluation.Refused if it came to nothing."""
    return GENERATORS[op](builder, op)


# Each registers its operators.
import operators_bodies  # noqa: E402,F401
import operators_elementwise  # noqa: E402,F401
import operators_indexing  # noqa: E402,F401
import operators_recurrent  # noqa: E402,F401
import operators_reductions  # noqa: E402,F401
import operators_sampling  # noqa: E402,F401
import operators_shapes  # noqa: E402,F401
import operators_windows  # noqa: E402,F401
