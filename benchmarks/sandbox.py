"""What the sandbox itself takes of this machine, and how fast its clock may run.

`python -m benchmarks.sandbox [--seconds N]` prints JSON; progress goes to stderr.

`footprint`: percent of one core and megabytes (PSS) of the emulator, the data plane with Envoy and
the database, without the tasks, at the default speed over N seconds. `atRest`: all three run and
nothing is built. `with20Tasks`: the shipped staging stage with 20 tasks and no requests. Each task
is a real process, the smallest that answers its health checks: twenty of the sample application
would be measured as tasks, which this is not about.

`clock`: one scaling scenario with simulated tasks, out and in again by target tracking, at rising
speeds and on a clock that is moved by hand. `fastest` is the last speed of the row whose scaling
activities are the same, in the same order, as those of the clock that is moved by hand.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, TypeAlias

import boto3
import yaml

from benchmarks import footprint, speeds
from benchmarks.footprint import Reading
from benchmarks.project import Project, plugins
from infra.settings import Settings, read
from sandbox import needs, speed
from sandbox.control import Sandbox
from sandbox.errors import SandboxError
from sandbox.paths import BIN, Root
from sandbox.state import State

STAGE = "staging"
ACCOUNT = "100000000001"
TASKS = 20
LEAST_SECONDS = 5  # of a measurement
Span: TypeAlias = tuple[Reading, Reading]  # two readings, some seconds apart
IMAGES = """
- match: .
  folder: tasks
  run: [python, -S, task.py]
  command: {"alembic": {exit: 0}}
"""
TASK = """
import http.server, os

class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Healthy)\\
    .serve_forever()
"""


def stage_file(project: Project) -> Settings:
    """Writes the stage as it is measured: TASKS tasks with one connection each."""
    file = project.folder / f"Pulumi.{STAGE}.yaml"
    document = yaml.safe_load(file.read_text())
    config = document["config"]
    config["evenkeel:capacity"] |= {"min": TASKS, "max": TASKS, "fargateVcpuQuota": TASKS}
    config["evenkeel:database"] |= {"connectionsPerTask": 1}
    config["evenkeel:service"]["workers"]["count"] = 1
    file.write_text(yaml.safe_dump(document))
    return read(file)


def images(folder: Path) -> Path:
    """The images file, and the program of its tasks."""
    (folder / "tasks").mkdir(parents=True)
    (folder / "tasks" / "task.py").write_text(TASK)
    file = folder / "images.yaml"
    file.write_text(IMAGES)
    return file


def measured(folder: Path, seconds: float) -> dict[str, Any]:
    """The footprint at rest and with tasks. Raises SandboxError."""
    root, file = Root(folder / "sandbox"), images(folder / "images")
    sandbox = Sandbox(root, images=file, say=_tell, dies_with_us=True)
    try:
        rest, busy = _readings(sandbox, folder, seconds)
    finally:
        sandbox.down()
    return {
        "speed": speed.DEFAULT,
        "seconds": seconds,
        "atRest": footprint.figures(*rest),
        f"with{TASKS}Tasks": footprint.figures(*busy),
    }


def _readings(sandbox: Sandbox, folder: Path, seconds: float) -> tuple[Span, Span]:
    """The sandbox's parts before the stage is built, and with its tasks. Raises SandboxError."""
    running = sandbox.up(speed.DEFAULT, dataplane=True)
    project = _project(folder, running)
    settings = stage_file(project)
    limits = {STAGE: settings.database.limit.connections}
    running = sandbox.up(speed.DEFAULT, databases=limits, dataplane=True)
    needs.seed(settings, running.url, running.databases[STAGE])
    _tell(f"at rest, for {seconds:g} s")
    rest = footprint.over(running, seconds)
    _tell(f"building the stage with {TASKS} tasks")
    project.up()
    _tell(f"with {_running(running, settings)} tasks, for {seconds:g} s")
    return rest, footprint.over(running, seconds)


def _project(folder: Path, running: State) -> Project:
    project = Project(
        folder=folder / "project",
        stage=STAGE,
        engine=BIN / "pulumi",
        home=plugins(folder / "home"),
        url=running.url,
        region="eu-west-1",
        account=ACCOUNT,
    )
    project.make()
    return project


def _running(running: State, settings: Settings) -> int:
    """The tasks that run, by ECS's own count. Raises SandboxError when it is not TASKS."""
    aws = boto3.Session(ACCOUNT, "sandbox", region_name=settings.region)
    name = f"evenkeel-{STAGE}"
    found = aws.client("ecs", endpoint_url=running.url).describe_services(
        cluster=name, services=[name]
    )
    count = int(found["services"][0]["runningCount"])
    if count != TASKS:
        raise SandboxError(f"{count} tasks run, and {TASKS} should")
    return count


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Exit status: 0 measured, whatever the figures; 1 an operation failed; 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox")
    told = f"of each footprint, from {LEAST_SECONDS} (default 30)"
    parser.add_argument("--seconds", type=float, default=30, help=told)
    seconds = parser.parse_args().seconds
    if not seconds >= LEAST_SECONDS:
        parser.error(f"--seconds is {seconds:g}; allowed is {LEAST_SECONDS} or more")
    # As Ctrl-C does: the engine, the sandbox and the temporary folder are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with tempfile.TemporaryDirectory(prefix="evenkeel-bench-") as folder:
            found = {
                "cpus": os.cpu_count(),
                "footprint": measured(Path(folder), seconds),
                "clock": speeds.measured(Path(folder) / "speeds", _tell),
            }
    except SandboxError as error:
        _tell(str(error))
        return 1
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
