#!/usr/bin/env python3
"""Writes what the real Ansor does with a workload: its sketches and a few random complete states.

    generate.py                          every workload of workloads.py, into tests/schedule/ansor
    generate.py NAME...                  those
    generate.py --new NAME FUNCTION ARG...   one that is not listed yet: FUNCTION of workloads.py with ARGs (numbers)
    --cores N (of --new)   --into FOLDER   --check: writes nothing, exit code 1 if a file differs

Needs TVM 0.19 (`pip install apache-tvm==0.19.*`). A file holds {"cores", "sketches": [{"steps", "printed"}],
"samples": [{"steps", "printed"}]} and, for some workloads, "evolved", states after mutation; steps are in the layout of TVM's records, with null for a length not chosen.
"""

import argparse
import ctypes
import json
import os
import pathlib
import sys

os.environ["TVM_NUM_THREADS"] = "2"  # before TVM loads; random samples depend on it

import numpy
import tvm
from tvm import auto_scheduler
from tvm.auto_scheduler import _ffi_api

import workloads

TARGET = tvm.target.Target("llvm -mcpu=znver4 -num-cores=2")
UNKNOWN = tvm.tir.IntImm("int32", -1)
SPLIT_LENGTHS_OFFSET, ARRAY_SIZE_OFFSET, ARRAY_ITEMS_OFFSET, REFERENCES_OFFSET = 32, 16, 32, 4


def is_split(step):
    key = ctypes.c_char_p()
    index = ctypes.c_uint32.from_address(step.handle.value).value
    tvm._ffi.base.check_call(tvm._ffi.base._LIB.TVMObjectTypeIndex2Key(index, ctypes.byref(key)))
    return key.value == b"auto_scheduler.SplitStep"


def fill_unknown_lengths(state):
    """Gives unknown split lengths the value -1, in place: TVM's writer of records refuses a step that has one, and its
    Python interface cannot set them, so the arrays are changed in memory (layout of TVM 0.19)."""
    for step in filter(is_split, state.transform_steps):
        array = ctypes.c_uint64.from_address(step.handle.value + SPLIT_LENGTHS_OFFSET).value
        sizes = [ctypes.c_int64.from_address(array + ARRAY_SIZE_OFFSET + 8 * i).value for i in (0, 1)]
        for i in range(min(sizes) or max(sizes)):
            item = ctypes.c_uint64.from_address(array + ARRAY_ITEMS_OFFSET + 8 * i)
            if item.value == 0:
                ctypes.c_int32.from_address(UNKNOWN.handle.value + REFERENCES_OFFSET).value += 1
                item.value = UNKNOWN.handle.value


def steps_of(task, state):
    written = _ffi_api.SerializeMeasureInput(
        auto_scheduler.MeasureInput(task, getattr(state, "state_object", state)))
    steps = json.loads(written)[1][1]
    for step in steps:
        if step[0] == "SP":
            step[4] = [None if length == -1 else length for length in step[4]]
    return steps


def program(task, state):
    return {"steps": steps_of(task, state), "printed": str(state)}


def task_of(name, function, arguments, cores):
    key = "gt_" + name
    auto_scheduler.register_workload(key, f=function, override=True)
    hardware = auto_scheduler.HardwareParams(cores, 64, 64, 0, 0, 0, 0, 0)
    return auto_scheduler.SearchTask(func=key, args=arguments, target=TARGET, hardware_params=hardware)


def truth(name, function, arguments, cores):
    task = task_of(name, function, arguments, cores)
    options = {"evolutionary_search_population": 32, "sample_init_min_population": 8}

    def policy(seed):
        return auto_scheduler.SketchPolicy(task, params=dict(options), seed=seed, verbose=0)

    sketches = list(policy(1).generate_sketches())
    for sketch in sketches:
        fill_unknown_lengths(sketch)
    samples = list(policy(7).sample_initial_population())[:4]
    found = {"cores": cores, "sketches": [program(task, s) for s in sketches],
             "samples": [program(task, s) for s in samples]}
    if name in workloads.EVOLVED:
        found["evolved"] = [program(task, s) for s in evolved(task)]
    return found


def evolved(task):
    """States after two generations in which everything is mutated, chosen by random scores."""
    options = {"evolutionary_search_population": 48, "sample_init_min_population": 16,
               "evolutionary_search_mutation_prob": 1.0}
    numpy.random.seed(0)  # the scores
    policy = auto_scheduler.SketchPolicy(task, params=options, seed=5, verbose=0)
    return list(policy.evolutionary_search(list(policy.sample_initial_population()), 24))


def to_text(found):
    def lines(programs):
        return ",\n".join(' {"steps": %s,\n  "printed": %s}' % (json.dumps(p["steps"]), json.dumps(p["printed"]))
                          for p in programs)

    lists = [f' "{kind}": [\n{lines(found[kind])}]' for kind in ("sketches", "samples", "evolved") if kind in found]
    return '{"cores": %d,\n%s}\n' % (found["cores"], ",\n".join(lists))


def main():
    default_folder = pathlib.Path(__file__).resolve().parents[2] / "tests/schedule/ansor"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--new", nargs="+", metavar=("NAME", "FUNCTION"))
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--into", type=pathlib.Path, default=default_folder)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.names) - set(workloads.WORKLOADS):
        parser.error("no workload named %s; there are %s" % (", ".join(unknown), ", ".join(workloads.WORKLOADS)))
    if given.new:
        name, function, *arguments = given.new
        if not callable(getattr(workloads, function, None)):
            parser.error(f"workloads.py has no function {function}")
        wanted = {name: (getattr(workloads, function), tuple(map(int, arguments)), given.cores)}
    else:
        wanted = {name: workloads.WORKLOADS[name] for name in given.names or workloads.WORKLOADS}

    different = 0
    for name, workload in wanted.items():
        found = truth(name, *workload)
        text, path = to_text(found), given.into / (name + ".json")
        same = path.exists() and path.read_text() == text
        different += not same
        print(f"{name:36} {len(found['sketches']):2} sketches, {'equal' if same else 'DIFFERENT'}", flush=True)
        if not given.check and not same:
            path.write_text(text)
    print(f"{len(wanted) - different} of {len(wanted)} equal")
    return 1 if given.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
