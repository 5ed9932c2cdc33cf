"""Processes that outlive the command that started them: started, recognised again, and ended.

Linux only: a process is known by its number and its start time, so that a number that the kernel
has given to somebody else since is never signalled.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict

PROC = Path("/proc")
GRACE = 10.0  # seconds that a process has to end by itself
POLL = 0.02


class Process(BaseModel):
    """One process of this machine, since its last boot."""

    model_config = ConfigDict(frozen=True)

    pid: int
    started: int  # clock ticks after boot: field 22 of /proc/PID/stat
    boot: str

    def alive(self) -> bool:
        """Whether this very process runs."""
        return find(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; nothing happens where the process has just ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def stop(self, grace: float = GRACE) -> None:
        """Ends the process and its group: SIGTERM, after `grace` seconds SIGKILL."""
        if self.alive():
            self.send(signal.SIGTERM)
            _wait_until_gone(self, grace)
        members = list(self._group())
        for member in members:
            member.send(signal.SIGKILL)
        for member in members:
            _wait_until_gone(member, GRACE)

    def _group(self) -> Iterator["Process"]:
        """What is left of the group that this process leads; a later group of its number is not."""
        if boot() != self.boot or find(self.pid) not in (None, self):
            return
        for entry in PROC.glob("[0-9]*"):
            fields = _fields(entry / "stat")
            if fields is None or int(fields[2]) != self.pid or int(fields[19]) < self.started:
                continue
            member = find(int(entry.name))
            if member is not None:
                yield member


def start(command: Sequence[str | Path], log: Path, env: Mapping[str, str]) -> Process:
    """Starts `command` as the leader of a session of its own; it writes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    fields = _fields(PROC / str(child.pid) / "stat")
    assert fields is not None, "a child that nobody has waited for has an entry"
    child.returncode = 0  # we know it by its number; Popen would warn that it still runs
    return Process(pid=child.pid, started=int(fields[19]), boot=boot())


@contextmanager
def handing_on(child: subprocess.Popen[str]) -> Iterator[None]:
    """SIGTERM of this process reaches `child` as SIGINT, and is no end of this process."""
    before = signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def find(pid: int) -> Process | None:
    """The process that has this number now; None if there is none, or a dead child of ours."""
    fields = _fields(PROC / str(pid) / "stat")
    if fields is None:
        return None
    if fields[0] == "Z":
        _reap(pid)
        return None
    return Process(pid=pid, started=int(fields[19]), boot=boot())


def started_at(pid: int) -> float | None:
    """When the process of this number started, in seconds since 1970; None if there is none."""
    process = find(pid)
    if process is None:
        return None
    since_boot = process.started / os.sysconf("SC_CLK_TCK")
    return time.time() - float((PROC / "uptime").read_text().split()[0]) + since_boot


def boot() -> str:
    """What tells this boot of the machine from every other."""
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def _fields(stat: Path) -> list[str] | None:
    """/proc/PID/stat from the state on; the name before it may hold anything."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):  # somebody else's child
        os.waitpid(pid, os.WNOHANG)


def _wait_until_gone(process: Process, limit: float) -> None:
    deadline = time.monotonic() + limit
    while process.alive() and time.monotonic() < deadline:
        time.sleep(POLL)
