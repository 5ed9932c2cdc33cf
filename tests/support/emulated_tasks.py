"""One-off ECS tasks in an emulator, run with boto3 alone, and a program for those that are real."""

from pathlib import Path
from typing import Any

from tests.support.emulated_service import CLUSTER, LOG_GROUP, Network
from tests.support.emulator import Account, until

# Tasks of `app` are processes; its command decides what the program does.
LOCAL_IMAGES = """
- match: ^app
  folder: app
  run: [python, program.py, serve]
  environment: {LAYER: image, IMAGE: image}
  command:
    "^simulated": {exit: 4, after: 1, log: [not a process]}
"""
PROGRAM = """
import json, os, signal, socketserver, subprocess, sys, time

def say(*words):
    print(*words, flush=True)

class Whoami(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(f"{os.environ['HOST']} {os.getpid()}".encode())

does, *words = sys.argv[1:]
if does == "serve":
    address = os.environ["HOST"], int(os.environ.get("PORT", "3000"))
    with socketserver.TCPServer(address, Whoami) as server:
        say("ready")
        server.serve_forever()
if does == "show":
    say(json.dumps(dict(os.environ)))
if does == "count":
    for number in range(int(words[0])):
        say(number)
    print("no line end", end="")
if does == "exit":
    sys.exit(int(words[0]))
if does in ("wait", "bye", "deaf"):
    if does == "bye":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    if does == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        say(os.getpid(), child.pid)
    say("ready")
    time.sleep(600)
"""


def program(folder: Path) -> Path:
    """`folder`, with the program as the image `app`."""
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "program.py").write_text(PROGRAM)
    return folder


class Runner:
    """One-off tasks in a cluster of an account of their own."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.ecs = account.ecs
        self.network = Network(account).configuration()
        self.ecs.create_cluster(clusterName=CLUSTER)
        account.logs.create_log_group(logGroupName=LOG_GROUP)

    def run(self, definition: str, **parameters: Any) -> dict[str, Any]:
        """RunTask; the answer."""
        parameters = {"launchType": "FARGATE", "networkConfiguration": self.network} | parameters
        found = self.ecs.run_task(cluster=CLUSTER, taskDefinition=definition, **parameters)
        return dict(found)

    def task(self, arn: str) -> dict[str, Any]:
        """DescribeTasks of one task."""
        return dict(self.ecs.describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"][0])

    def reached(self, arn: str, status: str) -> dict[str, Any]:
        """A task once it has a status."""

        def look() -> dict[str, Any] | None:
            found = self.task(arn)
            return found if found["lastStatus"] == status else None

        return dict(until(look, f"the task is {status}", seconds=60))

    def ended(self, definition: str, **parameters: Any) -> dict[str, Any]:
        """A new task once it has STOPPED."""
        arn = self.run(definition, **parameters)["tasks"][0]["taskArn"]
        return self.reached(arn, "STOPPED")

    def ready(self, definition: str, **parameters: Any) -> dict[str, Any]:
        """A new task once its program has said `ready`."""
        arn = self.run(definition, **parameters)["tasks"][0]["taskArn"]
        until(lambda: "ready" in self.log(arn) or None, "the program is ready", seconds=60)
        return self.reached(arn, "RUNNING")

    def stopped(self, arn: str) -> dict[str, Any]:
        """A task once StopTask has ended it."""
        self.ecs.stop_task(cluster=CLUSTER, task=arn)
        return self.reached(arn, "STOPPED")

    def log(self, arn: str) -> list[str]:
        """The lines of a task's log stream, in its order; none while there is no stream."""
        stream = f"web/service/{arn.rpartition('/')[2]}"
        try:
            found = self.account.logs.get_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=True
            )
        except self.account.logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found["events"]]


def pid(task: dict[str, Any]) -> int:
    """The process of a real task, as its container's runtime name says it."""
    return int(task["containers"][0]["runtimeId"].rpartition("-")[2])


def address(task: dict[str, Any]) -> str:
    """The private address of a task."""
    return str(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"])


def runs(number: int) -> bool:
    """Whether a process of this number runs; a dead one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")
