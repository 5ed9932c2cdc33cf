"""What runs inside a task: here simulated from the images file.

`Processes` is the joint; behind it also stand processes of this machine
(`ecs_local_processes.py`). A task's own facts live in its record under `_process`, so that they
survive a restart like all others.
"""

import time
from typing import Any, Protocol

from sandbox.emulator import ecs_task_logs
from sandbox.emulator.ecs_records import tasks
from sandbox.emulator.elbv2_targets import Processes as TargetProcesses
from sandbox.emulator.images import Images, ImagesError
from sandbox.emulator.wire import Record

_SIGTERM_TO_EXIT = 1.0  # sandbox seconds that a simulated process takes to end by itself
_SIMULATED = 25000  # addresses, 127.77.0.1 to 127.77.99.250


class Exit:
    """How a task's process ended: when, and with which exit code, if any."""

    def __init__(self, at: float, code: int | None) -> None:
        self.at = at
        self.code = code


class Processes(Protocol):
    """The processes of tasks."""

    def prepare(self, task: Record, definition: Record) -> None:
        """Read what the task's image does, and give the task an address."""

    def refusal(self, task: Record) -> str | None:
        """Why the task's image cannot be pulled (AWS's stopped reason), or None."""

    def start(self, task: Record, definition: Record) -> str | None:
        """Start the process, at the moment the task becomes RUNNING; why it cannot, or None."""

    def stop(self, task: Record) -> None:
        """Ask the process to end (SIGTERM; SIGKILL after the container's stopTimeout)."""

    def poll(self, task: Record) -> Exit | None:
        """How the process has ended, or None while it runs."""

    def real(self, address: str) -> bool:
        """Whether a process of this machine has the address, so that it takes connections."""

    def pids(self, task: Record) -> list[int]:
        """The task's processes on this machine, the main one first."""


class SimulatedProcesses(TargetProcesses):
    """Processes that exist only as moments on the sandbox clock."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._by_address: dict[str, Record] = {}

    def prepare(self, task: Record, definition: Record) -> None:
        container = essential(definition)
        command = override(task, container).get("command") or container.get("command") or []
        try:
            behaviour = self._images.behaviour(container["image"], command)
        except ImagesError as error:
            behaviour = {"pullError": str(error)}
        task["_process"] = {
            "behaviour": behaviour,
            "container": container["name"],
            "stopTimeout": container.get("stopTimeout", 30),
            "logs": ecs_task_logs.stream(task, container),
            "started": None,
            "stopping": None,
        }
        for gone in [a for a, t in self._by_address.items() if t["lastStatus"] == "STOPPED"]:
            del self._by_address[gone]
        task["_address"] = self._free_address(task)
        self._by_address[task["_address"]] = task

    def refusal(self, task: Record) -> str | None:
        behaviour = task["_process"]["behaviour"]
        if "pullError" in behaviour:
            return f"CannotPullContainerError: {behaviour['pullError']}"
        return None

    def start(self, task: Record, definition: Record) -> str | None:  # noqa: ARG002
        process = task["_process"]
        process["started"] = time.time()
        lines = process["behaviour"].get("log", [])
        if lines:
            ecs_task_logs.write(process["logs"], [str(line) for line in lines])
        return None

    def stop(self, task: Record) -> None:
        task["_process"]["stopping"] = time.time()

    def poll(self, task: Record) -> Exit | None:
        process = task["_process"]
        started, behaviour, stopping = process["started"], process["behaviour"], process["stopping"]
        ends: list[Exit] = []
        if started is not None and "exit" in behaviour:
            ends.append(Exit(started + behaviour.get("after", 0), behaviour["exit"]))
        if stopping is not None:
            wait = min(_SIGTERM_TO_EXIT, process["stopTimeout"])
            ends.append(Exit(stopping + wait, 0 if started is not None else None))
        first = min(ends, key=lambda end: end.at, default=None)
        return first if first is not None and first.at <= time.time() else None

    def pids(self, task: Record) -> list[int]:  # noqa: ARG002
        return []

    def answering_since(self, address: str, port: int) -> float | None:
        task = self._by_address.get(address)
        if task is None or task["lastStatus"] != "RUNNING" or self.poll(task) is not None:
            return None
        ports = {port for _, port in task.get("_targets", [])}
        if ports and port not in ports:
            return None
        process = task["_process"]
        return float(process["started"] + process["behaviour"].get("warmUpSeconds", 0))

    def reindex(self) -> None:
        """Find the addresses again after the records were put back."""
        live = (t for t in tasks.all_values() if t["lastStatus"] != "STOPPED")
        self._by_address = {task["_address"]: task for task in live}

    def _free_address(self, task: Record) -> str:  # noqa: ARG002
        """An address that no live task of any account has."""
        taken = self._by_address
        numbers = range(len(taken) + 1, _SIMULATED)
        found = (f"127.77.{n // 250}.{n % 250 + 1}" for n in (*numbers, *range(1, len(taken) + 1)))
        return next(address for address in found if address not in taken)


def essential(definition: Record) -> Record:
    """The container whose end ends the task; the first essential one."""
    containers: list[Record] = definition["containerDefinitions"]
    return next((c for c in containers if c.get("essential", True)), containers[0])


def override(task: Record, container: Record) -> Record:
    """What RunTask's overrides say of a container; empty when they say nothing."""
    found: list[Record] = task.get("overrides", {}).get("containerOverrides", [])
    return next((o for o in found if o.get("name") == container["name"]), dict[str, Any]())
