"""The compiler: a process of model_runner, started again where a model ends it."""
import json
import os
import resource
import select
import signal
import subprocess

import numpy as np

MOST_MEMORY = 16 << 30  # address space, so that a model that takes all memory ends the runner and nothing else


class Runner:
    def __init__(self, program, timeout_s):
        self.program, self.timeout_s, self.process = program, timeout_s, None

    def start(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, preexec_fn=limit)

    def run(self, folder):
        """The runner's answer for the model in `folder`, with `outputs` if there are any; `died` tells of a signal or a
        model that takes too long."""
        if self.process is None:
            self.start()
        for name in ("out.npz", "model.tw"):
            if os.path.exists(os.path.join(folder, name)):
                os.remove(os.path.join(folder, name))
        self.process.stdin.write(folder + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], self.timeout_s)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            return {"died": self.end(hung=not ready)}
        answer = json.loads(line)
        if answer["code"] == 0:
            with np.load(os.path.join(folder, "out.npz")) as outputs:
                answer["outputs"] = dict(outputs)
        return answer

    def end(self, hung=False):
        if self.process is None:
            return ""
        if hung:
            self.process.kill()
        self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        self.process = None
        return f"no answer after {self.timeout_s} s" if hung else \
            signal.Signals(-code).name if code < 0 else f"exit code {code}"
