"""A stage's PostgreSQL: its limit, its roles, its life, and what is left when it ends."""

import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import database, database_folder, processes, unprivileged
from sandbox.errors import SandboxError
from sandbox.paths import PROJECT, PYTHON
from sandbox.state import Part
from tests.support.application import wait

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

START = """
import sys
from pathlib import Path
from sandbox import database
part = database.start(Path(sys.argv[1]), max_connections=20, dies_with_us=sys.argv[2] == "dies")
print(part.model_dump_json(), flush=True)
input()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A database's folder; what runs in it is stopped after the test."""
    yield tmp_path / "database"
    if found := database.known(tmp_path / "database"):
        database.stop(found[0])


def begin(folder: Path, limit: int = 20) -> Part:
    return database.start(folder, max_connections=limit, dies_with_us=True)


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        done = connection.execute(query.encode())
        row = done.fetchone() if done.description else None
    return row[0] if row else None


def test_a_second_start_finds_the_first(folder: Path) -> None:
    """The same process on the same port, ready, and known from its folder."""
    part = begin(folder)
    assert begin(folder) == part
    assert database.ready(part)
    assert database.known(folder) == (part, 20)


def test_the_application_is_no_superuser_and_the_limit_is_the_stages(folder: Path) -> None:
    """It owns its database, and the server has the limit that it was started with."""
    url = database.url(begin(folder, 37))
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(url, "SHOW max_connections") == "37"
    assert ask(url, "SELECT current_user || ' ' || current_database()") == "app app"


def test_five_slots_are_not_the_applications(folder: Path) -> None:
    """Of 8 slots the application gets 3, as on RDS; whoever watches still gets in."""
    part = begin(folder, 8)
    held = [psycopg.connect(database.url(part)) for _ in range(3)]
    with pytest.raises(psycopg.OperationalError, match="remaining connection slots are reserved"):
        psycopg.connect(database.url(part))
    assert ask(database.superuser_url(part), "SELECT 1") == 1
    assert database.ready(part)
    for connection in held:
        connection.close()


def test_another_limit_restarts_it_where_it_was(folder: Path) -> None:
    """The data stays, and so does the port, so that a planted URL stays true."""
    first = begin(folder)
    ask(database.url(first), "CREATE TABLE kept AS SELECT 7 AS n")
    second = begin(folder, 30)
    assert (second.port, database.url(second)) == (first.port, database.url(first))
    assert second.process != first.process
    assert not first.process.alive()
    assert ask(database.url(second), "SELECT n FROM kept") == 7
    assert ask(database.url(second), "SHOW max_connections") == "30"


def test_stop_ends_it_with_its_sessions(folder: Path) -> None:
    """A client that stays does not keep it; no process is left, and a second stop is harmless."""
    part = begin(folder)
    with psycopg.connect(database.url(part)) as connection:
        children = Path(f"/proc/{part.process.pid}/task/{part.process.pid}/children")
        workers = [processes.find(int(pid)) for pid in children.read_text().split()]
        database.stop(part)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert len(workers) > 1
    assert not part.process.alive()
    assert "database system is shut down" in part.log.read_text()  # not killed
    wait(lambda: not any(worker.alive() for worker in workers if worker))
    assert not database.ready(part)
    database.stop(part)


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    """fsync is off, and yet a kill loses nothing."""
    first = begin(folder)
    ask(database.url(first), "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(first.process.pid, signal.SIGKILL)
    wait(lambda: not first.process.alive())
    assert ask(database.url(begin(folder)), "SELECT n FROM kept") == 7


def test_a_taken_port_is_given_up(folder: Path) -> None:
    """Somebody else listens there now: it starts on another port."""
    first = begin(folder)
    database.stop(first)
    with socket.create_server(("127.0.0.1", first.port)):
        second = begin(folder)
    assert second.port != first.port
    assert ask(database.url(second), "SELECT 1") == 1


def test_a_start_that_postgresql_refuses_says_why(folder: Path) -> None:
    """The end of its log is in the message."""
    with pytest.raises(SandboxError, match=r"(?s)max_connections=5\..*must be less than"):
        begin(folder, 5)


def test_it_outlives_the_command_that_started_it(folder: Path) -> None:
    """The next command finds the same server, and ends it."""
    with started(folder, "stays") as command:
        part = part_of(command)
        command.communicate("\n")
    assert database.ready(part)
    assert begin(folder) == part


def test_it_ends_with_its_parent_when_asked_to(folder: Path) -> None:
    """A killed test run leaves no server."""
    with started(folder, "dies") as command:
        part = part_of(command)
        assert part.process.alive()
        command.kill()
    wait(lambda: not part.process.alive(), part.log)


def test_it_never_runs_as_root(folder: Path) -> None:
    """Root's servers are nobody's, anybody else's are their own, in a folder closed to others."""
    part = begin(folder)
    owner = Path(f"/proc/{part.process.pid}").stat().st_uid
    nobody = pwd.getpwnam(unprivileged.ACCOUNT).pw_uid
    assert owner == (nobody if os.geteuid() == 0 else os.geteuid())
    assert (folder / "data").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests of this module prove it")
def test_it_runs_for_a_normal_user(folder: Path) -> None:
    """Somebody who is not root needs no other account."""
    nobody = pwd.getpwnam(unprivileged.ACCOUNT)
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    with started(folder, "dies", *database_folder.as_nobody(parent=os.getpid())) as command:
        part = part_of(command)
        assert ask(database.url(part), "SHOW max_connections") == "20"
        command.kill()
    wait(lambda: not part.process.alive(), part.log)


def started(folder: Path, life: str, *before: str | Path) -> subprocess.Popen[str]:
    """A command that starts the database and ends after a line."""
    return subprocess.Popen(
        [*before, PYTHON, "-c", START, folder, life],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def part_of(command: subprocess.Popen[str]) -> Part:
    assert command.stdout is not None
    return Part.model_validate_json(command.stdout.readline())
