"""Times compiled models and ONNX Runtime in turns, so that whatever else the machine does hits all of them.

    scripts/python scripts/compare_latency.py MODEL.onnx INPUT.npz default=DEFAULT.tw tuned=TUNED.tw [--seconds 20]

Each turn times every contestant for a second, compiled models by `tilewright bench`. Prints medians over all turns, and
with --json one object {"threads": …, "runs": {name: {"median_s", "min_s", "turns"}}}.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime as ort

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def threads_of(program):
    return json.loads(subprocess.run([program, "machine", "--json"], check=True, stdout=subprocess.PIPE).stdout)["cores"]


def bench(program, model, threads, seconds):
    """One turn of a compiled model: its median and minimum, seconds."""
    command = [program, "bench", model, "--json", "--seconds", str(seconds), "--threads", str(threads)]
    result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return result["median_s"], result["min_s"]


def bench_onnxruntime(session, feeds, seconds):
    for _ in range(3):
        session.run(None, feeds)
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        session.run(None, feeds)
        times.append(time.perf_counter() - begin)
    return statistics.median(times), min(times)


def make_session(model, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def take_turns(contestants, turns):
    results = {name: [] for name in contestants}
    for _ in range(turns):
        for name, turn in contestants.items():
            results[name].append(turn())
    return {name: {"median_s": statistics.median(m for m, _ in times), "min_s": min(m for _, m in times),
                   "turns": len(times)} for name, times in results.items()}


def print_table(runs, threads):
    reference = runs["ONNX Runtime"]["median_s"]
    width = max(map(len, runs))
    print(f"{'latency, ' + str(threads) + ' threads':{width}}    median       min   against ONNX Runtime")
    for name, run in runs.items():
        print(f"{name:{width}}  {run['median_s'] * 1e3:6.2f} ms {run['min_s'] * 1e3:6.2f} ms   "
              f"{run['median_s'] / reference:5.2f} x its time")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("input")
    parser.add_argument("compiled", nargs="+", metavar="NAME=MODEL.tw")
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "tilewright"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    threads = args.threads or threads_of(args.program)
    feeds = dict(np.load(args.input))
    session = make_session(args.model, threads)
    contestants = {}
    for pair in args.compiled:
        name, separator, path = pair.partition("=")
        if not separator:
            sys.exit(f"compare_latency.py: '{pair}' must look like NAME=MODEL.tw")
        contestants[name] = lambda path=path: bench(args.program, path, threads, 1)
    contestants["ONNX Runtime"] = lambda: bench_onnxruntime(session, feeds, 1)
    runs = take_turns(contestants, max(3, round(args.seconds / len(contestants))))
    if args.json:
        print(json.dumps({"threads": threads, "runs": runs}))
    else:
        print_table(runs, threads)


if __name__ == "__main__":
    main()
