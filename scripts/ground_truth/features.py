#!/usr/bin/env python3
"""Writes the real Ansor's features of the samples in tests/schedule/ansor, into tests/cost/ansor.

    features.py [NAME...]       of these workloads; all without a name
    --check                     writes nothing, exit code 1 if a file differs

A file NAME.json holds a list of rows of 164 numbers for each of the first samples of the workload; the order of rows
within a sample is TVM's and means nothing. names.json holds the columns' names. Needs TVM 0.19, as generate.py does.
"""

import argparse
import json
import pathlib
import sys

import generate
import workloads
from tvm import auto_scheduler

SAMPLES = 3
ROOT = pathlib.Path(__file__).resolve().parents[2]


def state_of(task, steps):
    head = json.loads(auto_scheduler._ffi_api.SerializeMeasureInput(
        auto_scheduler.MeasureInput(task, task.compute_dag.get_init_state())))[0]
    line = {"i": [head, [[], steps]], "r": [[1.0], 0, 1, 1], "v": "v0.6"}
    read, _ = auto_scheduler.measure_record.load_record_from_string(json.dumps(line))
    return task.compute_dag.infer_bound_from_state(read.state)


def features_of(name):
    function, arguments, cores = workloads.WORKLOADS[name]
    task = generate.task_of(name, function, arguments, cores)
    truth = json.loads((ROOT / "tests/schedule/ansor" / (name + ".json")).read_text())
    states = [state_of(task, sample["steps"]) for sample in truth["samples"][:SAMPLES]]
    return auto_scheduler.feature.get_per_store_features_from_states(states, task)


def to_text(features):
    samples = [",\n".join("  [" + ",".join(format(round(float(x), 4), ".7g") for x in row) + "]" for row in rows)
               for rows in features]
    return "[" + ",\n".join("[\n" + rows + "]" for rows in samples) + "]\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    texts = {"names": json.dumps(list(map(str, auto_scheduler.feature.get_per_store_feature_names())), indent=0) + "\n"}
    for name in given.names or workloads.WORKLOADS:
        texts[name] = to_text(features_of(name))
    different = 0
    for name, text in texts.items():
        path = ROOT / "tests/cost/ansor" / (name + ".json")
        same = path.exists() and path.read_text() == text
        different += not same
        print(f"{name:36} {'equal' if same else 'DIFFERENT'}", flush=True)
        if not given.check and not same:
            path.write_text(text)
    return 1 if given.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
