"""What `make up` and `make down` run; tasks are simulated but in the test of everything."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import loopback, pending, stack, state
from sandbox.control import Sandbox
from sandbox.paths import IMAGES, PROJECT, Root
from tests.support.emulator import until
from tests.support.verbs import command, engines, env, evenkeel, left, nothing_left, run

# The migration is a process, so that what ends it is no clock.
GATED = """
- match: '^registry\\.example\\.com/web@sha256:'
  command:
    '^alembic upgrade': {folder: ., run: [sh, -c, 'until test -e go; do sleep 0.1; done']}
"""

pytestmark = [pytest.mark.engine, pytest.mark.sandbox, pytest.mark.timeout(600)]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A sandbox's folder; what runs there is stopped, whatever the test did."""
    yield tmp_path
    Sandbox(Root(tmp_path)).down()


def test_everything_runs_and_ends(root: Path) -> None:
    """`up` ends with an address at which the application answers; after `down` nothing is left.

    The migration has run in the stage's database, as the tasks read it through the firewall.
    """
    status, said = run(root, "up", "staging", images=IMAGES, speed=10)
    assert status == 0, said
    here = re.findall(r"^here: (http://127\.0\.0\.1:\d+)$", said, re.MULTILINE)[0]
    assert loopback.call(f"{here}/api/whoami")["stage"] == "staging"
    assert loopback.call(f"{here}/api/items") == {"items": []}
    assert any("gunicorn" in line for line in left(root))
    shown = Sandbox(Root(root)).status()
    assert [part["healthy"] for part in shown["processes"]] == [True, True, True]
    assert shown["loadBalancers"][0]["listeners"] == {"80": here}
    evenkeel(root, "down", speed=10)
    nothing_left(root)
    evenkeel(root, "up", speed=10)  # what is built runs again, at the same address
    until(lambda: loopback.answers(f"{here}/api/whoami") or None, "it answers", seconds=120)
    status, said = run(root, "down", images=IMAGES)
    assert status == 0, said
    nothing_left(root)


def test_up_twice_and_down(root: Path) -> None:
    """`up` builds the stage and says its url; again, all is unchanged; `down` leaves nothing."""
    files = sorted(PROJECT.glob("Pulumi*.yaml"))
    before = [file.read_bytes() for file in files]
    status, said = run(root, "up", "staging")
    assert status == 0, said
    assert re.search(r"^url: http://staging-\S+$", said, re.MULTILINE)
    assert "here:" not in said  # nothing stands behind it
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
    nothing_left(root)
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


def gated(root: Path) -> Path:
    """An images file whose migration goes on until there is a file `go` in `root`."""
    images = root / "images.yaml"
    images.write_text(GATED)
    return images


def killed_while_migrating(root: Path) -> int:
    """Starts an `up` and kills the engine when it waits for nothing but the migration."""
    building = subprocess.Popen(
        command(root, "up", "staging", images=gated(root)),
        cwd=PROJECT,
        env=env(speed=3),  # the migration's limit of 900 s is 300 here
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
    while pending.creates(stack._state(Root(root), "staging")) == []:  # written after it is shown
        assert building.poll() is None
    assert stack.interrupted(Root(root)) == []  # it still runs
    locks = list((root / "stacks/.pulumi/locks").rglob("*.json"))
    owner = int(re.findall(r'"pid":(\d+)', locks[0].read_text())[0])
    os.kill(owner, signal.SIGKILL)
    said = building.communicate(timeout=60)[0]
    assert "the engine was ended by SIGKILL" in said
    assert building.returncode == 128 + signal.SIGKILL
    return owner


def test_a_killed_update_is_taken_up_again(root: Path) -> None:
    """After SIGKILL of the engine nothing of it runs; the next `up` clears its lock and ends it."""
    owner = killed_while_migrating(root)
    until(lambda: engines(root) == [] or None, "nothing of the engine runs", seconds=60)
    (root / "go").touch()
    status, said = run(root, "up", "staging", images=root / "images.yaml")
    assert status == 0, said
    assert f"clearing the lock of process {owner}, which has ended" in said
    assert re.search(r"\d+ unchanged", said)
    status, said = run(root, "down")
    assert (status, said.splitlines()[-1]) == (0, "sandbox: stopped")
    nothing_left(root)


def test_a_killed_update_is_dropped(root: Path) -> None:
    """What the killed engine was creating may be unknown to its stack: `down` drops all there is.

    A database that a migration was changing goes with the account that knew of the migration.
    """
    killed_while_migrating(root)
    (root / "databases" / "staging").mkdir(parents=True)
    status, said = run(root, "down")
    assert (status, said.splitlines()[-1]) == (0, "sandbox: stopped and empty")
    nothing_left(root)
    assert not any((root / name).exists() for name in ("stacks", "emulator", "databases"))


def test_an_unknown_stage_starts_nothing(root: Path) -> None:
    """Wrong use ends with 2 before a process is started or a file written."""
    status, said = run(root, "up", "nowhere")
    assert status == 2
    assert said.startswith("STAGE is 'nowhere', but there is no Pulumi.nowhere.yaml; known: ")
    assert list(root.iterdir()) == []


def test_the_command_starts_shows_and_stops(tmp_path: Path) -> None:
    """`sandbox up --json` and `status --json` give url, ports and processes; `down` ends it."""
    started = json.loads(evenkeel(tmp_path, "up", "--json"))
    assert json.loads(evenkeel(tmp_path, "status", "--json")) == started
    assert started["url"] == f"http://127.0.0.1:{started['ports']['emulator']}"
    assert [each["healthy"] for each in started["processes"]] == [True]
    assert "healthy" in evenkeel(tmp_path, "status")
    assert evenkeel(tmp_path, "down") == "sandbox: stopped\n"
