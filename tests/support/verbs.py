"""The commands of a sandbox, run as a user would, and what is left of one."""

import os
import subprocess
from pathlib import Path

from sandbox.paths import PROJECT, PYTHON
from tests.support.emulator import until

SIMULATED = PROJECT / "tests" / "support" / "images.yaml"


def command(root: Path, *arguments: str, images: Path = SIMULATED) -> list[str]:
    """A verb of `python -m sandbox` on a root of its own."""
    where = ["--root", str(root), "--images", str(images)]
    return [str(PYTHON), "-m", "sandbox", *arguments, *where]


def env(speed: int = 60) -> dict[str, str]:
    """The caller's environment, at a speed at which waits are short."""
    return {**os.environ, "SANDBOX_SPEED": str(speed), "NO_COLOR": "1"}


def run(root: Path, *arguments: str, images: Path = SIMULATED, speed: int = 60) -> tuple[int, str]:
    """Runs a verb to its end: exit status and everything said."""
    done = subprocess.run(
        command(root, *arguments, images=images),
        cwd=PROJECT,
        env=env(speed),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def evenkeel(root: Path, *verb: str, speed: int = 60) -> str:
    """What `evenkeel sandbox …` on a root says."""
    line = [str(PYTHON.with_name("evenkeel")), "sandbox", *verb, "--root", str(root)]
    done = subprocess.run(line, env=env(speed), capture_output=True, text=True, check=True)
    return done.stdout


def left(root: Path) -> list[str]:
    """The command lines of processes that work for the sandbox in `root`, or write below it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_text().replace("\0", " ")
            environ = (entry / "environ").read_text(errors="replace")
            output = os.readlink(entry / "fd" / "1")
        except OSError:  # it has ended, or is not ours to look at
            continue
        if str(root) in line + environ + output:
            found.append(line)
    return found


def nothing_left(root: Path) -> None:
    """Waits until nothing works for the sandbox in `root`: what was killed takes a moment."""
    until(lambda: left(root) == [] or None, "nothing is left of the sandbox", seconds=60)


def engines(root: Path) -> list[str]:
    """What is left of engines: they, their plugins and programs; no part of the sandbox itself."""
    parts = ("-m sandbox.emulator", "-m sandbox.dataplane", "keeper.py", "until test -e go")
    return [line for line in left(root) if not any(part in line for part in parts)]
