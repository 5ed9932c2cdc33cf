"""Start, stop and state of a sandbox: each part a process on loopback, health-probed and logged."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import database, entrance, loopback, serving, state, vcpu
from sandbox.errors import SandboxError
from sandbox.paths import IMAGES, Root
from sandbox.servers import DATAPLANE, EMULATOR, Server
from sandbox.state import Part, State

ATTEMPTS = 3  # a free port may be taken between our look and the part's start


@dataclass(frozen=True)
class Sandbox:
    """One sandbox, in one root. `say` receives each line worth telling."""

    root: Root
    images: Path = IMAGES
    say: Callable[[str], None] = field(default=print)
    dies_with_us: bool = False  # for tests: nothing outlives a killed test run

    def up(
        self, speed: float, *, databases: Mapping[str, int] | None = None, dataplane: bool = False
    ) -> State:
        """Starts what is not running: the emulator, and what else is asked for.

        `databases` has the connection limit of each stage's. What has been asked for before, and
        should therefore run, is kept running. Raises SandboxError.
        """
        vcpu.asked()  # a value that is refused starts nothing
        with self._alone():
            known = state.read(self.root)
            if known is None and self.root.state.exists():
                self.say(f"sandbox: {self.root.state} cannot be read; starting anew")
            if known is None:
                self._end_unknown()
            # Before the emulator, because one that comes back starts its tasks at once.
            running = self._databases(known, databases or {})
            now = self._emulator(known, speed, running)
            return self._dataplane(now, known) if dataplane or now.dataplane else now

    def down(self) -> bool:
        """Ends every process; logs, data and the emulator's memory stay. False: none was up."""
        with self._alone():
            known = state.read(self.root)
            unknown = known is None and self._end_unknown()
            self._forget(known)
            return known is not None or unknown

    def status(self) -> dict[str, Any]:
        """The root, each part's process, port, log and health, and where load balancers stand."""
        known = state.read(self.root)
        if known is None:
            return {"up": False, "root": str(self.root.path), "processes": []}
        found = [
            {
                "name": name,
                "pid": part.process.pid,
                "port": part.port,
                "running": part.process.alive(),
                "healthy": _HEALTHY.get(name, database.ready)(part),
                "log": str(part.log),
            }
            for name, part in known.parts.items()
        ]
        return {
            "up": all(part["healthy"] for part in found),
            "root": str(self.root.path),
            "url": known.url,
            "speed": known.speed,
            "ports": {name: part.port for name, part in known.parts.items()},
            "loadBalancers": entrance.load_balancers(known.dataplane) if known.dataplane else [],
            "processes": found,
        }

    def _databases(self, known: State | None, asked: Mapping[str, int]) -> dict[str, Part]:
        """The databases that are asked for, and those that should run."""
        before = known.databases if known is not None else {}
        wanted = dict(asked)
        for stage, part in before.items():
            if not database.ready(part):
                self._lost(f"database of {stage}", part)
            if found := database.known(self.root.databases / stage):
                wanted.setdefault(stage, found[1])
        return {
            stage: database.start(
                self.root.databases / stage, max_connections=limit, dies_with_us=self.dies_with_us
            )
            for stage, limit in wanted.items()
        }

    def _emulator(self, known: State | None, speed: float, databases: Mapping[str, Part]) -> State:
        if known is None:
            return self._start_emulator(None, {"speed": speed, "databases": databases})
        if not EMULATOR.healthy(known.emulator):
            self._lost(EMULATOR.name, known.emulator)
            kept = {"speed": speed, "databases": databases, "dataplane": known.dataplane}
            return self._start_emulator(known.emulator, kept)
        if known.speed != speed:
            self.say(f"sandbox: stays at speed {known.speed:g}; stop it to change the speed")
        now = known.model_copy(update={"databases": databases})
        now.write(self.root)
        return now

    def _start_emulator(self, before: Part | None, kept: Mapping[str, Any]) -> State:
        self.root.emulator.mkdir(parents=True, exist_ok=True)
        speed = ("--speed", f"{kept['speed']:g}", "--vcpu", f"{vcpu.asked():g}")
        files = ("--state", self.root.emulator, "--images", self.images)
        try:
            return self._start(
                EMULATOR, before, [*speed, *files], lambda part: State(emulator=part, **kept)
            )
        except SandboxError:
            self._forget(state.read(self.root))
            raise

    def _dataplane(self, now: State, known: State | None) -> State:
        before = now.dataplane
        if before is not None and DATAPLANE.healthy(before):
            if known is not None and (known.url, known.speed) == (now.url, now.speed):
                return now
        elif before is not None:
            self._lost(DATAPLANE.name, before)
        return self._start(
            DATAPLANE,
            before,
            ("--speed", f"{now.speed:g}", "--emulator", now.url, "--folder", self.root.dataplane),
            lambda part: now.model_copy(update={"dataplane": part}),
        )

    def _lost(self, name: str, part: Part) -> None:
        found = "does not answer" if part.process.alive() else "is gone"
        self.say(f"sandbox: the {name} (process {part.process.pid}) {found}; starting it again")

    def _start(
        self,
        server: Server,
        before: Part | None,
        arguments: Sequence[str | Path],
        record: Callable[[Part], State],
    ) -> State:
        """Starts a server, where possible on the port that it had `before`. Raises SandboxError."""
        if before is not None:
            before.process.stop()
        port = before.port if before is not None else loopback.free_port()
        for _ in range(ATTEMPTS):
            with_us = ["--exit-with-parent"] if self.dies_with_us else []
            part = server.launch(port, self.root.logs, [*arguments, *with_us])
            now = record(part)
            now.write(self.root)  # before it is ready: an interrupted start is found again
            if server.ready(part):
                return now
            failed = server.failed(part)
            part.process.stop()
            if "in use" not in str(failed):
                break
            port = loopback.free_port()
        raise failed

    def _end_unknown(self) -> bool:
        """Ends the servers of this root that no state names; False: there was none."""
        found = [serving.holder(each) for each in (self.root.dataplane, self.root.emulator)]
        for process in found:
            if process is not None:
                self.say(f"sandbox: ending process {process.pid}, which an earlier one has left")
                process.stop()
        return any(found)

    def _forget(self, known: State | None) -> None:
        """Ends what `known` names, and databases that an interrupted start has left."""
        for part in (known.dataplane, known.emulator) if known is not None else ():
            if part is not None:
                part.process.stop()
        for folder in self.root.databases.glob("*"):
            if found := database.known(folder):
                database.stop(found[0])
        self.root.state.unlink(missing_ok=True)

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


_HEALTHY = {server.name: server.healthy for server in (EMULATOR, DATAPLANE)}
