"""Child processes of the language host: they run in the wanted Python and end with the host."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

LAUNCH = Path(__file__).with_name("launch.py")
CHUNK = 65536


def interpreter(root: str, options: Mapping[str, object]) -> Path:
    """The Python of a project or pack: its `virtualenv` option, relative to `root`, or the host's.

    Raises FileNotFoundError, naming the setting and the next step.
    """
    virtualenv = options.get("virtualenv")
    if not virtualenv:
        return Path(sys.executable)
    python = Path(root, str(virtualenv), "bin", "python")
    if not python.exists():
        raise FileNotFoundError(
            f"runtime option virtualenv is {virtualenv!r}, but {python} does not exist; "
            "create the virtual environment (make setup) or correct the option"
        )
    return python


async def start(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    piped: bool = False,
) -> asyncio.subprocess.Process:
    """Starts `command` so that it dies with this process; `piped` gives its output as streams."""
    stream = subprocess.PIPE if piped else None
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", LAUNCH, str(os.getpid()), *command),
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=stream,
        process_group=0,  # the engine interrupts the host's group; the host tells its children
    )


async def output(child: asyncio.subprocess.Process) -> AsyncIterator[tuple[str, bytes]]:
    """What a piped child writes, as ("stdout" | "stderr", bytes), until both streams end."""
    written: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def pump(name: str, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(CHUNK):
            written.put_nowait((name, data))
        written.put_nowait((name, b""))

    assert child.stdout is not None
    assert child.stderr is not None
    pumps = [
        asyncio.create_task(pump("stdout", child.stdout)),
        asyncio.create_task(pump("stderr", child.stderr)),
    ]
    ended = 0
    while ended < len(pumps):
        name, data = await written.get()
        if data:
            yield name, data
        else:
            ended += 1


def end(child: asyncio.subprocess.Process, how: signal.Signals) -> None:
    """Sends `how` to a child that still runs."""
    if child.returncode is None:
        child.send_signal(how)
