"""Tasks whose image is a folder of this machine: each is a local process with its own address.

The task's essential container is the process. It gets exactly the container's environment and
secrets, `HOST` (its address, the only one it should listen on), `SANDBOX_SPEED`, and what every
process needs. What it writes is in `tasks/<task id>.log` of the emulator's folder and, a beat
later, in CloudWatch Logs. Tasks of other images stay simulated.
"""

import shutil
import time
from pathlib import Path

from sandbox.emulator import ecs_environment, ecs_task_logs, local_process
from sandbox.emulator.ecs_addresses import Block, NoAddressError
from sandbox.emulator.ecs_processes import Exit, SimulatedProcesses, essential, override
from sandbox.emulator.ecs_records import tasks
from sandbox.emulator.images import Images
from sandbox.emulator.local_process import LocalProcess
from sandbox.emulator.wire import Record

_LOST = 137  # what a container that was killed exits with
# Wall seconds that a process has to end at least: a fast clock makes no process faster.
SHORTEST_STOP = 5.0
_LOGS = 200  # files of the newest tasks that are kept


class LocalProcesses(SimulatedProcesses):
    """The processes of tasks: of this machine where the image has a folder, else simulated.

    `state` is the emulator's folder; `speed` is sandbox seconds a wall second.
    """

    def __init__(self, images: Images, state: Path, speed: float) -> None:
        super().__init__(images)
        self._folder = state / "tasks"
        self._speed = speed
        self._block: Block | None = None
        self._before: set[str] = set()  # addresses of tasks from before a restart
        self._running: dict[str, LocalProcess] = {}

    def refusal(self, task: Record) -> str | None:
        return task["_process"].get("noAddress") or super().refusal(task)

    def start(self, task: Record, definition: Record) -> str | None:
        if not _local(task):
            return super().start(task, definition)
        container = essential(definition)
        try:
            process = self._started(task, container)
        except ecs_environment.SecretError as error:
            return str(error)
        except (OSError, ValueError) as error:  # the latter: a NUL, or a name with `=`
            return (
                "CannotStartContainerError: ResourceInitializationError: failed to create new"
                " container runtime task: failed to create shim task: OCI runtime create failed:"
                f" runc create failed: unable to start container process: {error}: unknown"
            )
        self._running[task["taskArn"]] = process
        task["_process"].update(started=time.time(), read=0)
        for each in task["containers"]:
            if each["name"] == container["name"]:  # the runtime's own name of the container
                each["runtimeId"] = f"{_id(task)}-{process.pid:010}"
        return None

    def stop(self, task: Record) -> None:
        super().stop(task)
        if task["taskArn"] in self._running:
            self._running[task["taskArn"]].terminate()

    def poll(self, task: Record) -> Exit | None:
        record = task["_process"]
        if not _local(task) or record["started"] is None:
            return super().poll(task)
        process = self._running.get(task["taskArn"])
        code = _LOST if process is None else process.ended()  # lost: it ended with an emulator
        self._deliver_logs(task, ended=code is not None)
        if code is not None:
            shutil.rmtree(self._home(task), ignore_errors=True)
            return Exit(time.time(), code)
        if process is not None and _overdue(record, process.told_since()):
            process.kill()
        return None

    def real(self, address: str) -> bool:
        task = self._by_address.get(address)
        return task is not None and _local(task)

    def answering_since(self, address: str, port: int) -> float | None:
        return None if self.real(address) else super().answering_since(address, port)

    def pids(self, task: Record) -> list[int]:
        process = self._running.get(task["taskArn"])
        return process.pids() if process else []

    def reindex(self) -> None:
        super().reindex()
        self._before = {address for address in self._by_address if self.real(address)}

    def sweep(self) -> None:
        """Let go of processes whose tasks are forgotten; after a reset they still run."""
        known = {task["taskArn"] for task in tasks.all_values()} if self._running else set()
        for name in self._running.keys() - known:
            self._running[name].kill()
            if self._running[name].ended() is not None:
                del self._running[name]

    def _started(self, task: Record, container: Record) -> LocalProcess:
        """Start the task's process. Raises SecretError and OSError."""
        if not self._speed:
            raise OSError("the sandbox's clock stands still, and a process does not")
        behaviour = task["_process"]["behaviour"]
        folder = Path(behaviour["folder"])
        command = [*container.get("entryPoint", []), *behaviour["run"]]
        environment = self._environment(task, container)
        if task["_address"] not in self._leased():
            raise NoAddressError(f"another sandbox has {task['_address']} by now")
        local_process.check(command, folder, ecs_environment.PATH)
        self._home(task).mkdir(parents=True, exist_ok=True)
        self._clear_logs()
        return LocalProcess(command, folder, environment, self._log(task))

    def _environment(self, task: Record, container: Record) -> dict[str, str]:
        """The process's whole environment. Raises SecretError."""
        image = task["_process"]["behaviour"].get("environment", {})
        home = str(self._home(task))
        return {
            **ecs_environment.environment(container, override(task, container), image),
            "HOST": task["_address"],
            "SANDBOX_SPEED": f"{self._speed:g}",
            "PATH": ecs_environment.PATH,
            "HOME": home,
            "TMPDIR": home,
            "LANG": "C.UTF-8",
        }

    def _deliver_logs(self, task: Record, *, ended: bool) -> None:
        record, file = task["_process"], self._log(task)
        if not file.exists():
            return
        lines, record["read"] = ecs_task_logs.read(file, record["read"], ended=ended)
        if lines:
            ecs_task_logs.write(record["logs"], lines)

    def _clear_logs(self) -> None:
        """Drop the files of the tasks that ended longest ago."""
        live = {arn for arn, process in self._running.items() if process.ended() is None}
        running = {arn.rpartition("/")[2] for arn in live}
        ended = [file for file in self._folder.glob("*.log") if file.stem not in running]
        for file in sorted(ended, key=lambda file: file.stat().st_mtime)[:-_LOGS]:
            file.unlink()

    def _log(self, task: Record) -> Path:
        return self._folder / f"{_id(task)}.log"

    def _home(self, task: Record) -> Path:
        """The process's own folder, gone with it as a container's file system is."""
        return self._folder / _id(task)

    def _leased(self) -> Block:
        """Our block, leased when it is first needed. Raises NoAddressError."""
        if self._block is None:
            self._block = Block(self._before)
        return self._block

    def _free_address(self, task: Record) -> str:
        if not _local(task):
            return super()._free_address(task)
        try:
            return self._leased().free(self._by_address)
        except NoAddressError as error:
            task["_process"].update(behaviour={}, noAddress=f"ResourceInitializationError: {error}")
            return super()._free_address(task)


def _local(task: Record) -> bool:
    return "folder" in task["_process"]["behaviour"]


def _overdue(record: Record, told_since: float) -> bool:
    """Whether a process has had its stopTimeout on the sandbox clock, and time to use it."""
    stopping, limit = record["stopping"], record["stopTimeout"]
    if stopping is None or told_since < min(limit, SHORTEST_STOP):
        return False
    return bool(time.time() >= stopping + limit)


def _id(task: Record) -> str:
    return str(task["taskArn"].rpartition("/")[2])
