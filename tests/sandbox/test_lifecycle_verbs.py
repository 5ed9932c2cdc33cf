"""What `make up` and `make down` run, with the shipped program, engine, provider and emulator."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import stack, state
from sandbox.paths import PROJECT, PYTHON, Root

pytestmark = [pytest.mark.engine, pytest.mark.sandbox, pytest.mark.timeout(600)]

OURS = ("sandbox.emulator", "language_host", "sandbox.provider", "pulumi.dynamic", "executor.py")


def command(root: Path, *arguments: str) -> list[str]:
    """A verb of `python -m sandbox` on a root of its own."""
    return [str(PYTHON), "-m", "sandbox", *arguments, "--root", str(root)]


def env() -> dict[str, str]:
    """The caller's environment, at a speed at which waits are short."""
    return {**os.environ, "SANDBOX_SPEED": "60", "NO_COLOR": "1"}


def run(root: Path, *arguments: str) -> tuple[int, str]:
    """Runs a verb to its end: exit status and everything said."""
    done = subprocess.run(
        command(root, *arguments),
        cwd=PROJECT,
        env=env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def left(root: Path) -> list[str]:
    """The command lines of processes that work for the sandbox in `root`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_text().replace("\0", " ")
            environ = (entry / "environ").read_text(errors="replace")
        except OSError:  # it has ended, or is not ours to look at
            continue
        if any(part in line for part in OURS) and str(root) in line + environ:
            found.append(line)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A sandbox's folder; what runs there is stopped, whatever the test did."""
    yield tmp_path
    running = state.read(Root(tmp_path))
    if running is not None:
        running.emulator.process.stop()


def test_up_twice_and_down(root: Path) -> None:
    """`up` builds the stage and says its url; again, all is unchanged; `down` leaves nothing."""
    files = sorted(PROJECT.glob("Pulumi*.yaml"))
    before = [file.read_bytes() for file in files]
    status, said = run(root, "up", "staging")
    assert status == 0, said
    assert re.search(r"^url: http://staging-\S+$", said, re.MULTILINE)
    assert "+ 2 migration + 10 reserved = 52" in " ".join(said.split())  # from explain
    assert "make down" in said
    status, said = run(root, "up", "staging")
    assert status == 0, said
    assert re.findall(r"Resources:\n +(.+)\n", said)[-1].endswith("unchanged")
    assert not re.search(r"\d+ (created|updated|replaced|deleted)", said)
    assert sorted(PROJECT.glob("Pulumi*.yaml")) == files
    assert [file.read_bytes() for file in files] == before
    status, said = run(root, "down")
    assert status == 0, said
    assert re.search(r"^staging .* 0$", said, re.MULTILINE)
    assert left(root) == []
    assert state.read(Root(root)) is None
    assert run(root, "down") == (0, "sandbox: nothing runs\n")


def test_a_protected_stage_goes_too(root: Path) -> None:
    """Production's load balancer is protected from deletion; `down` says so and takes it off."""
    status, said = run(root, "up", "production")
    assert status == 0, said
    status, said = run(root, "down")
    assert status == 0, said
    assert "taking deletion protection off production-" in said
    assert re.search(r"^production .* 0$", said, re.MULTILINE)


def killed_while_migrating(root: Path) -> int:
    """Starts an `up` and kills the engine when it waits for nothing but the migration."""
    building = subprocess.Popen(
        command(root, "up", "staging"),
        cwd=PROJECT,
        env={**env(), "SANDBOX_SPEED": "5"},  # a migration of seconds
        stdout=subprocess.PIPE,
        text=True,
    )
    assert building.stdout is not None
    waiting: set[str] = set()
    for line in building.stdout:
        if step := re.match(r" \+  ((?:aws|pulumi-python):\S+ \S+) (creating|created) \(", line):
            (waiting.add if step[2] == "creating" else waiting.discard)(step[1])
        if [name.split()[0].rpartition(":")[2] for name in waiting] == ["MigrationRun"]:
            break
    while stack.interrupted(Root(root)) == []:  # the state is written behind what is shown
        assert building.poll() is None
    locks = list((root / "stacks/.pulumi/locks").rglob("*.json"))
    owner = int(re.findall(r'"pid":(\d+)', locks[0].read_text())[0])
    os.kill(owner, signal.SIGKILL)
    said = building.communicate(timeout=60)[0]
    assert "the engine was ended by SIGKILL" in said
    assert building.returncode == 128 + signal.SIGKILL
    return owner


def test_a_killed_update_is_taken_up_again(root: Path) -> None:
    """After SIGKILL of the engine nothing of it runs; the next `up` clears its lock and ends it.

    What the killed engine was creating may exist without its stack's knowledge: `down` drops all.
    """
    owner = killed_while_migrating(root)
    deadline = time.monotonic() + 10
    while len(left(root)) > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ["sandbox.emulator" in line for line in left(root)] == [True]
    status, said = run(root, "up", "staging")
    assert status == 0, said
    assert f"clearing the lock of process {owner}, which has ended" in said
    assert re.search(r"\d+ unchanged", said)
    status, said = run(root, "down")
    assert (status, said.splitlines()[-1]) == (0, "sandbox: stopped and empty")
    assert left(root) == []
    assert not (root / "stacks").exists()


def test_an_unknown_stage_starts_nothing(root: Path) -> None:
    """Wrong use ends with 2 before a process is started or a file written."""
    status, said = run(root, "up", "nowhere")
    assert status == 2
    assert said.startswith("STAGE is 'nowhere', but there is no Pulumi.nowhere.yaml; known: ")
    assert list(root.iterdir()) == []


def test_the_command_starts_shows_and_stops(tmp_path: Path) -> None:
    """`sandbox up --json` and `status --json` give url, ports and processes; `down` ends it."""

    def said(*verb: str) -> str:
        line = [str(PYTHON.with_name("evenkeel")), "sandbox", *verb, "--root", str(tmp_path)]
        return subprocess.run(line, env=env(), capture_output=True, text=True, check=True).stdout

    started = json.loads(said("up", "--json"))
    assert json.loads(said("status", "--json")) == started
    assert started["url"] == f"http://127.0.0.1:{started['ports']['emulator']}"
    assert [each["healthy"] for each in started["processes"]] == [True]
    assert "healthy" in said("status")
    assert said("down") == "sandbox: stopped\n"
