#!/usr/bin/env python3
"""Replays schedules in the real Ansor: are their steps legal there, and does it see the same loops?

    replay.py NAME FILE     NAME of workloads.py; FILE: lines {"steps", "printed"}, or records, which have no text

A state replays if TVM applies its steps, infers its bounds and makes loops of it. Its text is compared with TVM's if the line has
one, the minimum of loops aside. Exit code 1 if a state does not replay or reads otherwise.
"""

import collections
import json
import re
import sys

import generate
import workloads
import tvm
from tvm import auto_scheduler
from tvm.auto_scheduler import _ffi_api


def without_minimum(text):
    return re.sub(r" \(.*,(\d+)\)$", r" (0,\1)", text, flags=re.M)


def replay(task, steps):
    """The state after the steps, bounds inferred. Errors: TVMError."""
    target_and_hardware = json.loads(
        _ffi_api.SerializeMeasureInput(auto_scheduler.MeasureInput(task, task.compute_dag.get_init_state())))[0]
    line = {"i": [target_and_hardware, [[], steps]], "r": [[1.0], 0, 1, 1], "v": "v0.6"}
    read, _ = auto_scheduler.measure_record.load_record_from_string(json.dumps(line))
    state = task.compute_dag.infer_bound_from_state(read.state)
    schedule, arguments = task.compute_dag.apply_steps_from_state(state)
    tvm.driver.build_module.schedule_to_module(schedule, arguments)
    return state


def outcome(task, line):
    steps = line["steps"] if "steps" in line else line["i"][1][1]
    try:
        state = replay(task, steps)
    except tvm.TVMError as error:
        return "refused: " + str(error).strip().splitlines()[-1]
    if "printed" in line and without_minimum(str(state)) != without_minimum(line["printed"]):
        return "reads otherwise"
    return "equal" if "printed" in line else "replayed"


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in workloads.WORKLOADS:
        sys.exit(__doc__)
    name, file = sys.argv[1:]
    function, arguments, cores = workloads.WORKLOADS[name]
    task = generate.task_of(name, function, arguments, cores)
    with open(file) as lines:
        found = collections.Counter(outcome(task, json.loads(line)) for line in lines if line.strip())
    print(name, dict(found))
    return 0 if set(found) <= {"equal", "replayed"} else 1


if __name__ == "__main__":
    sys.exit(main())
