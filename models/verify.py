"""Compiles light models with random weights (light.py), runs them, and compares with ONNX Runtime's outputs.

    python models/verify.py --tilewright build/tilewright [--out DIR] [MODEL…]

Default: the five models of the acceptance test. Exit code 0: all match; 1: not all do. Needs what light.py needs.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIVE = ["resnet50", "squeezenet", "shufflenet", "vgg19", "densenet121"]


def make(model, folder, seed):
    if os.path.exists(os.path.join(folder, model + ".expected.npz")):  # written last
        return
    subprocess.run([sys.executable, os.path.join(HERE, "light.py"), model, "--out", folder, "--seed", str(seed)],
                   check=True, stdout=subprocess.DEVNULL)


def verify(tilewright, base):
    """What `run` reports of the compiled model; None if a step failed, with its message on standard error."""
    compiled = base + ".tw"
    compiling = subprocess.run([tilewright, "compile", base + ".onnx", "--untuned", "-o", compiled, "-q"],
                               stdout=subprocess.DEVNULL)
    if compiling.returncode != 0:
        return None
    running = subprocess.run([tilewright, "run", compiled, "--input", base + ".input.npz", "--expect",
                              base + ".expected.npz", "--rtol", "1e-3", "--json"], stdout=subprocess.PIPE)
    os.remove(compiled)
    return json.loads(running.stdout) if running.returncode in (0, 1) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="*", default=FIVE, metavar="MODEL")
    parser.add_argument("--tilewright", required=True, help="the program")
    parser.add_argument("--out", help="keep models here, use those that are there (default: a temporary folder)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    all_match = True
    with tempfile.TemporaryDirectory() as temporary:
        for model in args.models:
            folder = args.out or temporary
            make(model, folder, args.seed)
            report = verify(args.tilewright, os.path.join(folder, model))
            match = report is not None and report["match"]
            error = "failed" if report is None else f"largest error {report['max_rel_error']:.1e} of the largest output"
            print(f"{model:12} {'match' if match else 'NO MATCH'}: {error}", flush=True)
            all_match = all_match and match
            if not args.out:
                os.remove(os.path.join(folder, model + ".onnx"))
    return 0 if all_match else 1


if __name__ == "__main__":
    sys.exit(main())
