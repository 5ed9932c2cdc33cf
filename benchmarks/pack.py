"""The policy pack's own share of a preview: its start, its imports, its judging."""

import os
import subprocess
import sys
import time

from benchmarks.project import Project
from sandbox.errors import SandboxError
from sandbox.paths import POLICIES, PROJECT

LIMIT = 60  # wall seconds for a pack to serve
NOBODY = "127.0.0.1:1"  # the engine's address; a pack calls it only to log
IMPORT = """
import time
started = time.perf_counter()
import policies.analyzer
print(time.perf_counter() - started)
"""
# The pack itself, with a clock around each call of the engine that judges.
TIMED = """
import time
from pathlib import Path
from policies import analyzer

class Timed(analyzer.Analyzer):
    took = 0.0

    def Analyze(self, request, context):
        return self.timed(super().Analyze, request, context)

    def AnalyzeStack(self, request, context):
        return self.timed(super().AnalyzeStack, request, context)

    def timed(self, judge, request, context):
        started = time.perf_counter()
        answer = judge(request, context)
        Timed.took += time.perf_counter() - started
        Path(FILE).write_text(str(Timed.took))
        return answer

analyzer.Analyzer = Timed
analyzer.serve()
"""


def parts(project: Project) -> dict[str, float]:
    """Seconds of each part of the pack's work, once."""
    return {"start": start(), "import": imports(), "judging": judging(project)}


def start() -> float:
    """Seconds from the start of the pack's process until it serves, as the engine starts it."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", NOBODY, str(POLICIES)]
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=POLICIES,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PULUMI_CONFIG": "{}"},
    ) as pack:
        assert pack.stdout is not None
        port = pack.stdout.readline()
        took = time.monotonic() - started
        pack.terminate()
    if not port.strip().isdecimal():
        raise SandboxError(f"the policy pack did not serve; it said {port!r}")
    return took


def imports() -> float:
    """Seconds that a fresh Python takes to import the pack."""
    command = [sys.executable, "-c", IMPORT]
    done = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True
    )
    return float(done.stdout)


def judging(project: Project) -> float:
    """Seconds inside the calls of the engine that judge, in one preview of `project`."""
    folder = project.folder / "timed-pack"
    folder.mkdir(exist_ok=True)
    said = folder / "said"
    virtualenv = f"runtime: {{name: python, options: {{virtualenv: {PROJECT / '.venv'}}}}}\n"
    (folder / "PulumiPolicy.yaml").write_text(virtualenv)
    (folder / "__main__.py").write_text(TIMED.replace("FILE", repr(str(said))))
    project.preview(pack=folder)
    return float(said.read_text())
