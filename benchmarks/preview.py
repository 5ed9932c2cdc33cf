"""Seconds of previews and updates of the shipped stages, beside a provider that does nothing.

`python -m benchmarks.preview [--runs N] [--stage STAGE]…` prints JSON; progress goes to stderr.

Each run makes a fresh stack twice, once against the sandbox and once against a provider, and a
host of dynamic resources, that only remember their inputs. The two take turns, operation by
operation: preview without the policy pack, preview with it, a first `up`, and an `up` with nothing
to do. Both `up`s have the pack and skip the preview before them. Ratios are taken pair by pair,
their median is told with the lowest and the highest. One preview of each, before all, is not
counted: it compiles modules and fills the system's file cache.

The pack's own share is taken apart before each run (benchmarks/pack.py): `start` is its process
until it serves, of which `import` are its imports; `judging` is the sum of the engine's judging
calls in one more preview of the empty stack.

Waits that the stage declares say nothing about the code. The emulator runs at its highest speed,
SPEED, and what is left of the waits is taken out of the first `up`: the migration's duration, the
service's warm-up and the health checks until a target is healthy, divided by SPEED
(benchmarks/arithmetic.py). Not taken out, so part of what is measured: the states that a task
passes through (8 s on the sandbox clock) and the pauses between two looks at AWS.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks import pack
from benchmarks.arithmetic import declared_wait, medians, ratio
from benchmarks.project import NOBODY, NOTHING, Project, idle_engine, plugins
from infra.settings import Settings
from sandbox import needs
from sandbox.control import Sandbox
from sandbox.errors import SandboxError
from sandbox.paths import BIN, POLICIES, PROJECT, Root
from sandbox.speed import SPEEDS
from sandbox.stack import settings_of

SPEED = SPEEDS[1]
SIMULATED = PROJECT / "tests" / "support" / "images.yaml"  # tasks that take no processor time
STAGES = ("staging", "production")
SIDES = ("sandbox", "nothing")
OPERATIONS = ("previewWithoutPack", "previewWithPack", "firstUp", "unchangedUp")
Seconds = dict[str, dict[str, list[float]]]  # side, or the pack → operation → one figure a run


@dataclass(frozen=True)
class Bench:
    """Where everything stands: a temporary folder, and an emulator at `url`."""

    folder: Path
    url: str

    def projects(self, settings: Settings, number: int) -> dict[str, Project]:
        """A fresh project for each side."""
        sides = {
            "sandbox": (BIN / "pulumi", self.folder / "home", self.url),
            "nothing": (self.folder / "idle" / "pulumi", self.folder / "idle-home", NOBODY),
        }
        made = {
            side: Project(
                folder=self.folder / f"{number}-{side}",
                stage=settings.stage,
                engine=engine,
                home=home,
                url=url,
                region=settings.region,
                account=str(10**11 + number),
            )
            for side, (engine, home, url) in sides.items()
        }
        for project in made.values():
            project.make()
        return made

    def measure(self, settings: Settings, runs: int, numbers: Iterator[int]) -> Seconds:
        """Every operation, `runs` times on each side, the sides taking turns."""
        needs.seed(settings, self.url)
        seconds: Seconds = {side: defaultdict(list) for side in (*SIDES, "pack")}
        for project in self.projects(settings, next(numbers)).values():
            project.preview(pack=POLICIES)  # reads every file once; not counted
        for run in range(runs):
            projects = self.projects(settings, next(numbers))
            for part, took in pack.parts(projects["sandbox"]).items():
                seconds["pack"][part].append(took)
                _tell(f"{settings.stage} {run + 1}/{runs} {part}: {took:.2f} s")
            for operation in OPERATIONS:
                for side, project in projects.items():
                    took = operate(project, operation)
                    seconds[side][operation].append(took)
                    _tell(f"{settings.stage} {run + 1}/{runs} {operation} {side}: {took:.2f} s")
        return seconds


def operate(project: Project, operation: str) -> float:
    """Seconds of one of OPERATIONS."""
    if operation.startswith("preview"):
        return project.preview(pack=POLICIES if operation == "previewWithPack" else None)
    return project.up()


def report(seconds: Seconds, wait: float) -> dict[str, Any]:
    """The figures of a stage: medians, ratios and aims."""
    real, idle = seconds["sandbox"], seconds["nothing"]
    first = [took - wait for took in real["firstUp"]]
    return {
        "declaredWaitSeconds": round(wait, 3),
        "seconds": {
            "sandbox": medians({**real, "firstUp": first}),
            "nothing": medians(idle),
            "pack": medians(seconds["pack"]),
        },
        "ratios": {
            "previewWithPackToWithout": ratio(
                real["previewWithPack"], real["previewWithoutPack"], aim=1.3
            ).as_data(),
            "firstUpToNothing": ratio(first, idle["firstUp"], aim=3).as_data(),
            "unchangedUpToNothing": ratio(
                real["unchangedUp"], idle["unchangedUp"], aim=2
            ).as_data(),
        },
    }


def measured(stages: list[str], runs: int) -> dict[str, Any]:
    """Every stage's figures. Raises SandboxError."""
    settings = [settings_of(stage) for stage in stages]
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="evenkeel-bench-") as temporary:
        folder = Path(temporary)
        where = Root(folder / "sandbox")
        sandbox = Sandbox(where, SIMULATED, say=_tell, dies_with_us=True)
        plugins(folder / "home")
        plugins(folder / "idle-home", NOTHING)
        idle_engine(folder / "idle")
        try:
            bench = Bench(folder, sandbox.up(SPEED).url)
            found = {
                each.stage: report(
                    bench.measure(each, runs, numbers), declared_wait(each, SIMULATED, SPEED)
                )
                for each in settings
            }
        finally:
            sandbox.down()
    return {"runs": runs, "speed": SPEED, "cpus": os.cpu_count(), "stages": found}


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Exit status: 0 measured, whatever the figures; 1 an operation failed; 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.preview")
    parser.add_argument("--runs", type=int, default=5, help="of each operation, from 1 (default 5)")
    parser.add_argument("--stage", action="append", help=f"default: {' and '.join(STAGES)}")
    given = parser.parse_args()
    if given.runs < 1:
        parser.error(f"--runs is {given.runs}; allowed is 1 or more")
    # As Ctrl-C does: the engine, the emulator and the temporary folder are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        found = measured(given.stage or list(STAGES), given.runs)
    except SandboxError as error:
        _tell(str(error))
        return 1
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
