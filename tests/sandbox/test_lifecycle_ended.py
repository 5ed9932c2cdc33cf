"""The command of `make up` while it builds: not disturbed by others, and ended by signals."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import locks
from sandbox.control import Sandbox
from sandbox.paths import PROJECT, Root
from sandbox.stack import NAME
from tests.support.emulator import until
from tests.support.verbs import command, engines, env, left, nothing_left, run

pytestmark = [pytest.mark.engine, pytest.mark.sandbox, pytest.mark.timeout(600)]
GRACE = 120.0  # wall seconds that an engine gets to end what it has begun


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A sandbox's folder; what runs there is stopped, whatever the test did."""
    yield tmp_path
    Sandbox(Root(tmp_path)).down()


@pytest.fixture
def building(root: Path) -> Iterator[subprocess.Popen[str]]:
    """An `up` that has begun to create resources, slowly."""
    made = subprocess.Popen(
        command(root, "up", "staging"),
        cwd=PROJECT,
        env=env(speed=1),  # NAT gateways alone take a minute
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert made.stdout is not None
    for line in made.stdout:
        if re.match(r" \+  aws:ec2\S+ \S+ creating \(", line):
            break
    yield made
    made.kill()
    made.communicate()


def owner(root: Path) -> int | None:
    """The engine that holds the stack."""
    return locks.owner(Root(root).stacks, NAME, "staging")


def test_a_running_update_is_not_taken_for_interrupted(
    root: Path, building: subprocess.Popen[str]
) -> None:
    """`down`, `up` and `preview` beside an `up` name its process, change nothing and end with 1.

    SIGTERM of the `up` ends its engine in order: the lock is given back, no process is left.
    """
    engine = owner(root)
    refusal = f"stack staging: an update of process {engine} runs; wait for it, or end it (kill"
    for verb in (["down"], ["up", "staging"], ["preview", "staging"]):
        assert run(root, *verb) == (1, f"{refusal} {engine})\n")
    assert owner(root) == engine
    building.send_signal(signal.SIGTERM)
    said, _ = building.communicate(timeout=GRACE)
    assert building.returncode > 0, said
    assert "ended by" not in said  # by itself, after it was told to
    assert engines(root) == []
    assert not any(Root(root).stacks.rglob(".pulumi/locks/**/*.json"))


def test_a_killed_command_takes_its_engine_along(
    root: Path, building: subprocess.Popen[str]
) -> None:
    """After SIGKILL of `up` itself nothing of the update runs on, and the next verbs work."""
    engine = owner(root)
    assert any("pulumi" in line for line in left(root))
    building.kill()
    # A process that is ending has no command line any more, and still its number for a moment.
    ended = "nothing of the update runs"
    until(lambda: (engines(root) == [] and owner(root) is None) or None, ended, seconds=60)
    status, said = run(root, "preview", "staging")
    assert status == 0, said
    assert f"clearing the lock of process {engine}, which has ended" in said
    status, said = run(root, "down")
    assert status == 0, said
    nothing_left(root)
