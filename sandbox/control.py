"""Start, stop and state of a sandbox: each part a process on loopback, health-probed and logged."""

import fcntl
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import processes, state
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import IMAGES, PYTHON, Root
from sandbox.state import Part, State

READY_WITHIN = 60.0  # seconds
ATTEMPTS = 3  # a free port may be taken between our look and the part's start
DEFAULT_SPEED = 20.0
SPEEDS = (1.0, 600.0)
TAIL = 20  # lines of a log shown when its process fails
# Loopback is never reached through a proxy, whatever the environment says.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def speed_asked() -> float:
    """SANDBOX_SPEED: sandbox seconds in a second of wall time. Raises WrongUseError."""
    given = os.environ.get("SANDBOX_SPEED", "")
    try:
        speed = float(given) if given else DEFAULT_SPEED
    except ValueError:
        speed = float("nan")
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise WrongUseError(
            f"SANDBOX_SPEED is {given!r}; allowed is a number from 1 (real time) to 600. "
            f"Unset it for the default, {DEFAULT_SPEED:g}."
        )
    return speed


@dataclass(frozen=True)
class Sandbox:
    """One sandbox, in one root. `say` receives each line worth telling."""

    root: Root
    images: Path = IMAGES
    say: Callable[[str], None] = field(default=print)
    dies_with_us: bool = False  # for tests: nothing outlives a killed test run

    def up(self, speed: float) -> State:
        """Starts what is not running; what is, stays. Raises SandboxError."""
        with self._alone():
            known = state.read(self.root)
            if known is not None and healthy(known.emulator):
                if known.speed != speed:
                    self.say(
                        f"sandbox: stays at speed {known.speed:g}; stop it to change the speed"
                    )
                return known
            self._repair(known)
            return self._start(speed)

    def down(self) -> bool:
        """Ends every process; the logs and what the emulator remembers stay. False: none was up."""
        with self._alone():
            known = state.read(self.root)
            self._forget(known)
            return known is not None

    def status(self) -> dict[str, Any]:
        """The root, and for each part its process, port, log, and whether it answers."""
        known = state.read(self.root)
        if known is None:
            return {"up": False, "root": str(self.root.path), "processes": []}
        emulator = {
            "name": "emulator",
            "pid": known.emulator.process.pid,
            "port": known.emulator.port,
            "running": known.emulator.process.alive(),
            "healthy": healthy(known.emulator),
            "log": str(known.emulator.log),
        }
        return {
            "up": emulator["healthy"],
            "root": str(self.root.path),
            "url": known.url,
            "speed": known.speed,
            "ports": {"emulator": known.emulator.port},
            "processes": [emulator],
        }

    def _repair(self, known: State | None) -> None:
        """Says what an earlier run has left behind, and clears it."""
        if known is not None:
            pid = known.emulator.process.pid
            found = "does not answer" if known.emulator.process.alive() else "is gone"
            self.say(f"sandbox: the emulator (process {pid}) {found}; starting it again")
        elif self.root.state.exists():
            self.say(f"sandbox: {self.root.state} cannot be read; starting anew")
        self._forget(known)

    def _forget(self, known: State | None) -> None:
        if known is not None:
            known.emulator.process.stop()
        self.root.state.unlink(missing_ok=True)

    def _start(self, speed: float) -> State:
        for _ in range(ATTEMPTS):
            started = State(speed=speed, emulator=self._emulator(speed))
            started.write(self.root)  # before it is ready: an interrupted start is found again
            if _ready(started.emulator):
                return started
            ended = not started.emulator.process.alive()
            self._forget(started)
            if not (ended and "in use" in tail(started.emulator.log)):
                break
        how = "ended" if ended else f"did not answer within {READY_WITHIN:g} s"
        raise SandboxError(
            f"sandbox: the emulator {how}. The end of its log, {started.emulator.log}:\n"
            + tail(started.emulator.log)
        )

    def _emulator(self, speed: float) -> Part:
        port, log = free_port(), self.root.logs / "emulator.log"
        self.root.emulator.mkdir(parents=True, exist_ok=True)
        if log.exists():
            shutil.move(log, log.with_suffix(".previous.log"))
        command: list[str | Path] = [
            *(PYTHON, "-P", "-m", "sandbox.emulator", "--port", str(port), "--speed", f"{speed:g}"),
            *("--state", self.root.emulator, "--images", self.images),
            *(["--exit-with-parent"] if self.dies_with_us else []),
        ]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return Part(process=processes.start(command, log, environment), port=port, log=log)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Commands on one root wait for each other."""
        self.root.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.root.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def healthy(part: Part) -> bool:
    """Whether the part's process runs and answers on its port."""
    if not part.process.alive():
        return False
    try:
        address = f"http://127.0.0.1:{part.port}/_ministack/health"
        with DIRECT.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody held a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tail(log: Path) -> str:
    """The last lines of a log, indented."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL:]
    return "\n".join(f"  {line}" for line in lines) or "  (it is empty)"


def _ready(part: Part) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and part.process.alive():
        if healthy(part):
            return True
        time.sleep(0.05)
    return False
