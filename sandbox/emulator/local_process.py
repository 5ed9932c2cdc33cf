"""One process of this machine, the leader of a group that holds what it starts.

It ends with the emulator, however that ends: the kernel kills the leader (sandbox/engine/launch.py)
and the keeper kills the rest of its group. What leaves the group (`setsid`) is not followed.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.launchers import LAUNCH

_PYTHON = (sys.executable, "-I", "-S")
_KEEPER = Path(__file__).with_name("keeper.py")


class LocalProcess:
    """`command` in `folder`, with exactly `environment`; it writes to `output`.

    Starting it does not wait for it. A command that cannot be run exits with 127.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path
    ) -> None:
        with output.open("ab") as log:
            self._child = subprocess.Popen(
                [*_PYTHON, LAUNCH, str(os.getpid()), *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._child.pid
        self._told_at: float | None = None
        _keeper.add(self.pid)
        _running[self.pid] = self

    def ended(self) -> int | None:
        """The exit code as a container has it (128 + a signal's number); None while it runs.

        As in a container, nothing of the group outlives the leader.
        """
        if self._child.returncode is None:
            # While the leader is not waited for, nobody else can get its number.
            options = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if os.waitid(os.P_PID, self.pid, options) is None:
                return None
            self.kill()
            _keeper.remove(self.pid)
            self._reap()
        code = int(self._child.returncode)
        return code if code >= 0 else 128 - code

    def terminate(self) -> None:
        """SIGTERM to the leader."""
        self._told_at = time.monotonic()
        if self._child.returncode is None:
            os.kill(self.pid, signal.SIGTERM)

    def told_since(self) -> float:
        """Wall seconds since SIGTERM; 0 before it."""
        return 0.0 if self._told_at is None else time.monotonic() - self._told_at

    def kill(self) -> None:
        """SIGKILL to the group."""
        if self._child.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Ends the group, and waits for its leader."""
        self.kill()
        self._reap()

    def _reap(self) -> None:
        self._child.wait()
        _running.pop(self.pid, None)

    def pids(self) -> list[int]:
        """The processes of the group, the leader first; none once it has ended."""
        if self._child.returncode is not None:
            return []
        others = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
        return [self.pid, *(n for n in others if n != self.pid and _group(n) == self.pid)]


def end_all() -> None:
    """Ends every group and the keeper, so that nothing is left a moment longer than we are."""
    for process in list(_running.values()):
        process.end()
    _keeper.close()


def check(command: Sequence[str], folder: Path, path: str) -> None:
    """Raises OSError, in a container runtime's words, when `command` cannot be run in `folder`."""
    if not command:
        raise OSError("no command specified")
    word = command[0]
    if "/" not in word:
        missing = "executable file not found in $PATH" if not shutil.which(word, path=path) else ""
    elif not (folder / word).is_file():
        missing = f"stat {word}: no such file or directory"
    else:
        missing = "" if os.access(folder / word, os.X_OK) else "permission denied"
    if missing:
        raise OSError(f'exec: "{word}": {missing}')


class _Keeper:
    """The process that ends our groups when we are gone; started with the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def add(self, group: int) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                [*_PYTHON, _KEEPER],
                env={},
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,  # whoever ends our group needs it still
            )
        self._say(f"+{group}")

    def remove(self, group: int) -> None:
        self._say(f"-{group}")

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()

    def _say(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # somebody killed it; the leaders end without it
            print(line, file=self._process.stdin, flush=True)


_keeper = _Keeper()
_running: dict[int, LocalProcess] = {}


def _group(pid: int) -> int | None:
    """The process group of a process; None if it is gone."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
