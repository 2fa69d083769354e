"""Random small ONNX graphs: what the compiler makes of them against ONNX Runtime and ONNX's reference evaluator.

    scripts/python tests/differential/run.py --runner build/tests/model_runner [--count 3000] [--seed S] [--only INDEX]

Prints how many graphs met which verdict and each failure in its smallest form, which is kept in --out. Exit code 0: there
were no failures but those of known_differences.json; 1: there were. See README.md.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings

from graphs import random_graph
from judge import GOOD, KINDS, judge, write_case
from runner import Runner
from shrink import described, shrink

HERE = os.path.dirname(os.path.abspath(__file__))
KNOWN = os.path.join(HERE, "known_differences.json")


def known_difference(verdict, operators, text):
    """The reason of the first known difference that the smallest form of a failure is an example of."""
    with open(KNOWN, encoding="utf-8") as file:
        for row in json.load(file):
            if (row["verdict"] == verdict.kind and row["operator"] in operators and
                    re.search(row["when"], text + "\n" + verdict.detail, re.DOTALL)):
                return row["right"] + ": " + row["reason"]
    return ""


def examine(seed, index, runner, out):
    """One case, as a row of the report."""
    case = random_graph(seed, index)
    with tempfile.TemporaryDirectory() as folder:
        verdict = judge(case, runner, folder)
        by = {t.by for t in case.builder.tensors.values()} - {"given"}
        row = {"index": index, "kind": verdict.kind, "detail": verdict.detail, "operators": case.operators,
               "runtime": all(b.startswith("ort") for b in by)}
        if verdict.kind in GOOD:
            return row
        smallest = shrink(case, lambda smaller: judge(smaller, runner, folder).kind == verdict.kind)
        verdict = judge(smallest, runner, folder)
        if verdict.kind != row["kind"]:  # it comes and goes
            smallest, verdict = case, judge(case, runner, folder)
    row["text"], row["detail"] = described(smallest), verdict.detail
    row["operators"] = [n.op_type for n in smallest.builder.nodes]
    row["known"] = known_difference(verdict, row["operators"], row["text"])
    row["folder"] = os.path.join(out, str(index))
    write_case(smallest, row["folder"])
    with open(os.path.join(row["folder"], "case.txt"), "w", encoding="utf-8") as file:
        file.write(f"{verdict.kind}: {verdict.detail}\n{row['text']}\n")
    return row


def work(args):
    """The cases of one process, one JSON line each, announced before."""
    warnings.simplefilter("ignore")  # means of nothing, and the like
    runner = Runner(args.runner, args.timeout)
    for index in args.indices:
        print(json.dumps({"begin": index}), flush=True)
        print(json.dumps(examine(args.seed, index, runner, args.out)), flush=True)
    runner.end()


def worker(args, indices):
    return subprocess.Popen(
        [sys.executable, os.path.abspath(__file__), "--runner", args.runner, "--seed", str(args.seed), "--out", args.out,
         "--timeout", str(args.timeout), "--indices", *map(str, indices)], stdout=subprocess.PIPE, text=True)


def rows(args, indices):
    """The rows of all cases; what ends a process of ours (an evaluator's crash) costs its case only."""
    waiting = [collections.deque(indices[k::args.jobs]) for k in range(args.jobs)]
    processes = {k: worker(args, list(queue)[:200]) for k, queue in enumerate(waiting) if queue}
    while processes:
        for k, process in list(processes.items()):
            line = process.stdout.readline()
            if line:
                row = json.loads(line)
                if "begin" not in row:
                    waiting[k].popleft()
                    yield row
                continue
            if process.wait() != 0:
                yield {"index": waiting[k].popleft(), "kind": "generator", "detail": f"exit code {process.returncode}",
                       "operators": [], "runtime": False, "text": "", "known": "", "folder": ""}
            del processes[k]
            if waiting[k]:
                processes[k] = worker(args, list(waiting[k])[:200])


def report(args, found):
    counts = collections.Counter(row["kind"] for row in found)
    by_runtime = sum(row["kind"] in ("match", "match one") and row["runtime"] for row in found)
    failures = [row for row in found if row["kind"] not in GOOD]
    for row in sorted(failures, key=lambda row: (row["known"], row["kind"], row["operators"])):
        if row["known"]:
            continue
        print(f"\n--- case {row['index']} of seed {args.seed}: {row['kind']}: {row['detail']}\n{row['text']}\nkept in "
              f"{row['folder']}")
    known = collections.Counter(row["known"] for row in failures if row["known"])
    for reason, times in sorted(known.items()):
        print(f"known {times:4} x {reason}")
    if args.verbose:
        for kind in ("refused", "match one"):
            cases = collections.defaultdict(list)
            for row in found:
                if row["kind"] == kind:
                    cases[re.sub(r"\d+", "N", row["detail"])].append(row["index"])
            for detail, indices in sorted(cases.items(), key=lambda item: -len(item[1])):
                print(f"{kind} {len(indices):4} x {detail} (case {indices[0]})")
    print(f"\n{len(found)} graphs, seed {args.seed}")
    for kind, meaning in {**KINDS, "generator": "no graph: our own process ended"}.items():
        if counts[kind]:
            print(f"{counts[kind]:6} {kind:9} {meaning}")
    print(f"{by_runtime:6} of those that match were judged by ONNX Runtime alone, the others by ONNX's reference too")
    return 1 if any(not row["known"] for row in failures) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runner", required=True, help="the program model_runner")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*", help="cases to run, by number")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--timeout", type=float, default=60, help="seconds that the compiler may take for a model")
    parser.add_argument("--out", help="where failing models are kept (default: a new temporary folder)")
    parser.add_argument("--verbose", action="store_true", help="tell why models were refused, and where references disagree")
    parser.add_argument("--indices", type=int, nargs="*", help=argparse.SUPPRESS)  # this is a worker
    args = parser.parse_args()
    args.out = args.out or tempfile.mkdtemp(prefix="differential-")
    if args.indices is not None:
        work(args)
        return 0
    return report(args, list(rows(args, args.only or list(range(args.count)))))


if __name__ == "__main__":
    sys.exit(main())
