"""A migration that is a process of this machine, while what updates and what runs it are killed."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sandbox import processes
from tests.engine.test_crash_recovery import successes
from tests.engine.test_migration_runs import RUN
from tests.support.emulator import Emulator, running, until
from tests.support.engine import SPEED, made_in
from tests.support.killing import begun, kill_up, recovered, unlocked

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

# Says that it begins, waits for the file `go`, and says that it is done.
PROGRAM = """
import os, pathlib, time
with open("journal", "a", buffering=1) as journal:
    print("begun", os.getpid(), file=journal)
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
    print("done", os.getpid(), file=journal)
"""
IMAGES = [
    {
        "match": "/web@sha256:",
        "warmUpSeconds": 5,
        "command": {"^alembic": {"folder": "migrator", "run": [sys.executable, "program.py"]}},
    }
]


@pytest.fixture
def migrator(tmp_path: Path) -> Path:
    """The folder in which the migration runs."""
    folder = tmp_path / "emulator" / "migrator"
    folder.mkdir(parents=True)
    (folder / "program.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def emulator(migrator: Path) -> Iterator[Emulator]:
    with running(migrator.parent, yaml.safe_dump(IMAGES), speed=SPEED) as emulator:
        yield emulator


def journal(migrator: Path) -> list[tuple[str, int]]:
    """What the migration's processes have written: the word, and who wrote it."""
    file = migrator / "journal"
    lines = file.read_text().splitlines() if file.exists() else []
    return [(word, int(pid)) for word, pid in (line.split() for line in lines)]


def test_a_migration_outlives_its_update_and_not_its_machine(
    tmp_path: Path, emulator: Emulator, migrator: Path
) -> None:
    """S0-03: the next update adopts it; when all is killed with it, a new attempt succeeds once."""
    stage = made_in(tmp_path / "project", "staging", emulator.url)
    unlocked(stage, kill_up(stage, lambda stage: begun(RUN)(stage) and bool(journal(migrator))))
    [(_, first)] = journal(migrator)
    assert processes.find(first)
    owner = kill_up(stage, begun(RUN))  # while it waits for the one that it has adopted
    assert journal(migrator) == [("begun", first)]

    emulator.stop(signal.SIGKILL)
    until(lambda: processes.find(first) is None or None, "the migration has ended with its machine")
    (migrator / "go").touch()
    emulator.start()
    done = recovered(stage, owner)
    assert done.status == 0, done.text
    assert "migration migrate ran: attempt 2" in done.text
    assert [word for word, _ in journal(migrator)] == ["begun", "begun", "done"]
    assert len(successes(stage)) == 1
