"""Compiles models with random weights (light.py, networks.py), runs them, and compares with ONNX Runtime's outputs.

    python models/verify.py --tilewright build/tilewright [--out DIR] [MODEL…]

A model is a name that light.py or networks.py knows, the latter with --layers and --size behind colons:
bert_base:layers=2:size=32. Default: the five models of the acceptance test and small forms of those of networks.py. Exit code 0: all match; 1: not all do. Needs what light.py needs.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = ["resnet50", "squeezenet", "shufflenet", "vgg19", "densenet121", "mobilenet_v2:layers=4:size=64",
           "bert_base:layers=2:size=32", "resnet18_3d:layers=3:size=32", "dcgan:layers=2"]
NETWORKS = {"mobilenet_v2", "bert_base", "resnet18_3d", "dcgan"}


def make(model, folder, seed):
    """Writes the model's files into `folder` unless they are there; returns their common path without extension."""
    name, *options = model.split(":")
    folder = os.path.join(folder, *options)
    base = os.path.join(folder, name)
    if not os.path.exists(base + ".expected.npz"):  # written last
        script = "networks.py" if name in NETWORKS else "light.py"
        flags = [word for option in options for word in ("--" + option).split("=")]
        subprocess.run([sys.executable, os.path.join(HERE, script), name, "--out", folder, "--seed", str(seed), *flags],
                       check=True, stdout=subprocess.DEVNULL)
    return base


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
    parser.add_argument("models", nargs="*", default=DEFAULT, metavar="MODEL")
    parser.add_argument("--tilewright", required=True, help="the program")
    parser.add_argument("--out", help="keep models here, use those that are there (default: a temporary folder)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    all_match = True
    with tempfile.TemporaryDirectory() as temporary:
        for model in args.models:
            folder = args.out or temporary
            base = make(model, folder, args.seed)
            report = verify(args.tilewright, base)
            match = report is not None and report["match"]
            error = "failed" if report is None else f"largest error {report['max_rel_error']:.1e} of the largest output"
            print(f"{model:30} {'match' if match else 'NO MATCH'}: {error}", flush=True)
            all_match = all_match and match
            if not args.out:
                os.remove(base + ".onnx")
    return 0 if all_match else 1


if __name__ == "__main__":
    sys.exit(main())
