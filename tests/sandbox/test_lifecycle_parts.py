"""A whole sandbox: emulator, data plane and database start, are repaired and end together."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import database, loopback, state
from sandbox.control import Sandbox
from sandbox.errors import SandboxError
from sandbox.paths import Root
from sandbox.processes import PROC, Process
from sandbox.state import Part, State
from tests.support.emulator import until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(240)]
WHOLE = ["emulator", "data plane", "database of staging"]


class Whole:
    """A sandbox with all its parts, and what it says."""

    def __init__(self, root: Path) -> None:
        self.said: list[str] = []
        self.sandbox = Sandbox(Root(root), say=self.said.append, dies_with_us=True)

    def up(self, limit: int = 30) -> State:
        """Starts everything; the database of staging takes `limit` connections."""
        return self.sandbox.up(60, databases={"staging": limit}, dataplane=True)

    def health(self) -> dict[str, bool]:
        """Which parts are healthy."""
        return {part["name"]: part["healthy"] for part in self.sandbox.status()["processes"]}


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    """Stopped after the test."""
    made = Whole(tmp_path / "whole")
    yield made
    made.sandbox.down()


def kill(process: Process) -> None:
    """Ends a process as a crash would."""
    os.kill(process.pid, signal.SIGKILL)
    while process.alive():
        time.sleep(0.01)


def limit_of(part: Part) -> str:
    """The max_connections that the database says it has."""
    with psycopg.connect(database.url(part)) as connection:
        row = connection.execute("SHOW max_connections").fetchone()
    assert row is not None
    return str(row[0])


def test_every_part_runs_and_ends(whole: Whole) -> None:
    """All answer and are shown with their ports; a plain `up` keeps them; `down` ends them all."""
    started = whole.up()
    assert whole.health() == dict.fromkeys(WHOLE, True)
    assert whole.sandbox.status()["ports"] == {n: p.port for n, p in started.parts.items()}
    assert limit_of(started.databases["staging"]) == "30"
    assert whole.sandbox.up(60) == started == whole.up()
    assert whole.sandbox.down()
    assert not any(part.process.alive() for part in started.parts.values())
    assert all(part.log.exists() for part in started.parts.values())
    assert state.read(whole.sandbox.root) is None


@pytest.mark.parametrize("name", WHOLE)
def test_a_killed_part_is_noticed_and_replaced(whole: Whole, name: str) -> None:
    """The next `up`, whatever it asks for, says so and starts that part alone, on its port."""
    before = whole.up()
    kill(before.parts[name].process)
    assert whole.health() == {each: each != name for each in WHOLE}
    assert not whole.sandbox.status()["up"]
    after = whole.sandbox.up(60)
    pid = before.parts[name].process.pid
    assert whole.said == [f"sandbox: the {name} (process {pid}) is gone; starting it again"]
    assert whole.health() == dict.fromkeys(WHOLE, True)
    changed = [each for each in WHOLE if after.parts[each].process != before.parts[each].process]
    assert changed == [name]
    assert {n: p.port for n, p in after.parts.items()} == {
        n: p.port for n, p in before.parts.items()
    }


def test_another_limit_restarts_the_database(whole: Whole) -> None:
    """A changed connection limit of the stage becomes PostgreSQL's; nothing else restarts."""
    before, after = whole.up(limit=30), whole.up(limit=40)
    assert limit_of(after.databases["staging"]) == "40"
    assert (after.emulator, after.dataplane) == (before.emulator, before.dataplane)


def taken(port: int) -> socket.socket | None:
    """A server on `port`, or None while somebody else has it."""
    with contextlib.suppress(OSError):
        return socket.create_server(("127.0.0.1", port))
    return None


def test_the_data_plane_follows_an_emulator_that_has_moved(whole: Whole) -> None:
    """Where the emulator must take another port, the data plane is started anew on it."""
    before = whole.up()
    kill(before.emulator.process)
    with until(lambda: taken(before.emulator.port), "the killed emulator has left its port"):
        after = whole.up()
    assert after.emulator.port != before.emulator.port
    assert after.dataplane is not None
    assert after.dataplane != before.dataplane
    number = loopback.call(f"{after.url}/_evenkeel/changes")["number"]
    assert loopback.call(f"{after.dataplane.url}/configuration")["number"] == number


def test_a_data_plane_that_fails_leaves_the_rest(whole: Whole) -> None:
    """Its failure is one message with the end of its log; the next `up` tries again."""
    folder = whole.sandbox.root.dataplane
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    with pytest.raises(SandboxError, match=r"the data plane ended\. The end of its log"):
        whole.up()
    assert whole.health() == {"emulator": True, "data plane": False, "database of staging": True}
    folder.unlink()
    whole.sandbox.up(60)
    assert whole.health() == dict.fromkeys(WHOLE, True)


def test_down_ends_a_database_that_no_state_knows(whole: Whole) -> None:
    """An `up` that was killed between two parts leaves a database; `down` finds it."""
    root = whole.sandbox.root
    part = database.start(root.databases / "staging", max_connections=30, dies_with_us=True)
    assert not whole.sandbox.down()
    assert not part.process.alive()


def test_a_state_of_another_version_leaves_no_process(whole: Whole) -> None:
    """What a state cannot name any more is found by the folder that it serves, and ended."""
    first, root = whole.up(), whole.sandbox.root
    root.state.write_text(root.state.read_text().replace('"speed"', '"velocity"'))
    second = whole.up()
    assert first.dataplane is not None
    for part in (first.dataplane, first.emulator):
        assert not part.process.alive()
        pid = part.process.pid
        assert f"sandbox: ending process {pid}, which an earlier one has left" in whole.said
    root.state.unlink()
    assert whole.sandbox.down()
    assert not any(part.process.alive() for part in (first.parts | second.parts).values())
    assert not whole.sandbox.down()


@pytest.mark.parametrize("name", ["emulator", "data plane"])
def test_a_folder_is_served_once(whole: Whole, name: str) -> None:
    """A second emulator or data plane on a folder would lose state: it ends and names the first."""
    started, root = whole.up(), whole.sandbox.root
    first = started.parts[name].process
    words = (PROC / str(first.pid) / "cmdline").read_text().rstrip("\0").split("\0")
    words[words.index("--port") + 1] = str(loopback.free_port())
    second = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    folder = root.emulator if name == "emulator" else root.dataplane
    who = f"process {first.pid} serves {folder} already"
    assert second.returncode == 2
    assert second.stderr == f"sandbox {name}: {who}; end it, or give another folder\n"
    assert whole.health() == dict.fromkeys(WHOLE, True)
