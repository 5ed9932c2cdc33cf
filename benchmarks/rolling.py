"""Seconds of a rolling deployment of four real tasks, beside those that `infra.capacity` predicts.

`python -m benchmarks.rolling` prints JSON; progress goes to stderr.

The real engine makes the shipped staging stage, with four tasks, in a sandbox of its own with load
balancer and database; then the same program deploys another revision. Each old task holds a
websocket, so that it drains for as long as it may. The seconds are on the sandbox's clock and come
from ECS's own records, since the deployment was made: `completed` until ECS called it COMPLETED,
`settled` until the last old task was gone.

The prediction is the longest time that the stage's numbers allow, with the 60 s that Fargate takes
to start a task. The sandbox takes 6 s and what the process needs, which the clock stretches by
SPEED. So a ratio of at most 1 is the aim, and one below it no fault.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
import yaml

from benchmarks.held import held
from benchmarks.project import Project, plugins
from infra.settings import Settings, read
from sandbox import entrance, needs
from sandbox.control import Sandbox
from sandbox.errors import SandboxError
from sandbox.paths import BIN, Root
from sandbox.state import State

STAGE = "staging"
ACCOUNT = "100000000001"
SPEED = 10.0
TASKS = 4
PER_TASK = 8  # connections: with them the stage's database bears a deployment of four tasks
AIM = 1.0


def stage_file(project: Project, release: str) -> Settings:
    """Writes the stage as it is measured, with another RELEASE for another revision."""
    file = project.folder / f"Pulumi.{STAGE}.yaml"
    document = yaml.safe_load(file.read_text())
    config = document["config"]
    config["evenkeel:capacity"] |= {"min": TASKS, "max": TASKS}
    config["evenkeel:database"] |= {"connectionsPerTask": PER_TASK}
    warm_up = str(read(file).service.warm_up_seconds)
    environment = {"RELEASE": release, "WARM_UP_SECONDS": warm_up}
    config["evenkeel:service"]["environment"] = environment
    file.write_text(yaml.safe_dump(document))
    return read(file)


def deployment(aws: boto3.Session, url: str) -> dict[str, float]:
    """Seconds of the last deployment, from ECS's records once all of it is done."""
    ecs, name = aws.client("ecs", endpoint_url=url), f"evenkeel-{STAGE}"
    service = ecs.describe_services(cluster=name, services=[name])["services"][0]
    (primary,) = service["deployments"]
    completed = next(
        event["createdAt"]
        for event in service["events"]
        if f"(deployment {primary['id']}) deployment completed" in event["message"]
    )
    stopped = ecs.list_tasks(cluster=name, serviceName=name, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=name, tasks=stopped)["tasks"]
    gone = max(task["stoppedAt"] for task in tasks)
    return {
        "completed": (completed - primary["createdAt"]).total_seconds(),
        "settled": (gone - primary["createdAt"]).total_seconds(),
    }


def measured(project: Project, running: State) -> dict[str, Any]:
    """The figures of one deployment. Raises SandboxError."""
    project.up()
    _tell(f"{TASKS} tasks run; deploying another revision")
    settings = stage_file(project, "2")
    aws = boto3.Session(ACCOUNT, "sandbox", region_name=settings.region)
    balancer = aws.client("elbv2", endpoint_url=running.url).describe_load_balancers()
    name = balancer["LoadBalancers"][0]["DNSName"]
    with held(entrance.local(f"http://{name}", running, _tell), TASKS):
        project.up()
    return report(deployment(aws, running.url), settings)


def report(seconds: dict[str, float], settings: Settings) -> dict[str, Any]:
    """The figures beside the prediction."""
    predicted = settings.deployment_of(TASKS).seconds
    assert predicted is not None, "the stage's numbers let a deployment move"
    ratio = seconds["settled"] / predicted
    return {
        "tasks": TASKS,
        "speed": SPEED,
        "cpus": os.cpu_count(),
        "maximumPercent": settings.deployment.maximum_percent,
        "seconds": {name: round(took, 1) for name, took in seconds.items()},
        "predictedSeconds": predicted,
        "ratio": round(ratio, 3),
        "aim": AIM,
        "met": ratio <= AIM,
    }


def run() -> dict[str, Any]:
    """Everything, in a temporary folder. Raises SandboxError."""
    with tempfile.TemporaryDirectory(prefix="evenkeel-bench-") as temporary:
        folder = Path(temporary)
        sandbox = Sandbox(Root(folder / "sandbox"), say=_tell, dies_with_us=True)
        home = plugins(folder / "home")
        try:
            running = sandbox.up(SPEED, dataplane=True)
            project = Project(
                folder=folder / "project",
                stage=STAGE,
                engine=BIN / "pulumi",
                home=home,
                url=running.url,
                region="eu-west-1",
                account=ACCOUNT,
            )
            project.make()
            settings = stage_file(project, "1")
            limit = settings.database.limit.connections
            running = sandbox.up(SPEED, databases={STAGE: limit}, dataplane=True)
            needs.seed(settings, running.url, running.databases[STAGE])
            return measured(project, running)
        finally:
            sandbox.down()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Exit status: 0 measured, whatever the figures; 1 an operation failed; 2 wrong use."""
    argparse.ArgumentParser(prog="python -m benchmarks.rolling").parse_args()
    # As Ctrl-C does: the engine, the sandbox and the temporary folder are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        found = run()
    except SandboxError as error:
        _tell(str(error))
        return 1
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
