"""The sample application and its database as real processes, for tests.

    def test_it(postgres: Part, start: StartTask) -> None:
        task = start(DATABASE_URL=database.url(postgres), WEB_CONCURRENCY="2")
        task.wait_until_warm()
        assert task.get("/api/whoami").json["task"] == task.host

A module gets the fixtures by importing them.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

from sandbox import database
from sandbox.engine import launch
from sandbox.paths import PROJECT, PYTHON
from sandbox.state import Part

FOLDER = PROJECT / "sandbox" / "app"
PATIENCE = 90.0  # seconds that a slow machine may need for what takes one here
LIMIT = 90  # connections: the article's


@dataclass(frozen=True)
class Answer:
    """What a request got; `json` is None where the body is none."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Task:
    """One running task of the application, on an address of its own."""

    process: subprocess.Popen[bytes]
    host: str
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def get(self, path: str) -> Answer:
        """Raises OSError while it does not listen."""
        return self.request("GET", path)

    def request(self, method: str, path: str, body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()

    def health(self) -> int | None:
        """The status of its health check; None while it does not listen."""
        try:
            return self.get("/health").status
        except OSError:
            return None

    def wait_until_warm(self) -> "Task":
        wait(lambda: self.health() == 200 or self.process.poll() is not None, self.log)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def stop(self) -> int:
        """SIGTERM; the exit code, as Python has it."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Waits for its end; the exit code."""
        return self.process.wait(PATIENCE)


class StartTask(Protocol):
    """Starts a task with these environment variables, at `place` or a free address and port."""

    def __call__(self, *, place: tuple[str, int] | None = None, **environment: str) -> Task: ...


def environment(**more: str) -> dict[str, str]:
    """What a container of the sandbox has at least, and `more`."""
    path = f"{PYTHON.parent}:/usr/local/bin:/usr/bin:/bin"
    return {"PATH": path, "HOME": "/nonexistent", "LANG": "C.UTF-8", **more}


def wait(until: Callable[[], bool], log: Path | None = None) -> None:
    """Polls; fails with the log where it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, log.read_text() if log else "it did not happen"
        time.sleep(0.05)


def connections(part: Part) -> int:
    """How many the application holds, counted by PostgreSQL."""
    with psycopg.connect(database.superuser_url(part)) as watching:
        query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"
        row = watching.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def migrate(part: Part, target: str = "head") -> subprocess.CompletedProcess[str]:
    """`alembic upgrade TARGET`, as the migration task runs it."""
    return subprocess.run(
        ["alembic", "upgrade", target],
        cwd=FOLDER,
        env=environment(DATABASE_URL=database.url(part)),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Part]:
    """The module's database, migrated, with the article's limit."""
    folder = tmp_path_factory.mktemp("database")
    part = database.start(folder, max_connections=LIMIT, dies_with_us=True)
    assert migrate(part).returncode == 0
    yield part
    database.stop(part)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartTask]:
    """Starts tasks that end with the test."""
    started: list[Task] = []

    def begin(*, place: tuple[str, int] | None = None, **more: str) -> Task:
        host, port = place or _free_place()
        log = tmp_path / f"task{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [PYTHON, "-I", "-S", launch.__file__, str(os.getpid()), "python", "serve.py"],
                cwd=FOLDER,
                env=environment(HOST=host, PORT=str(port), **more),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        started.append(Task(process, host, port, log))
        return started[-1]

    yield begin
    for task in started:
        if task.process.poll() is None:
            task.process.kill()
            task.ended()
        _end_group(task.process.pid)


def _free_place() -> tuple[str, int]:
    host = f"127.77.250.{random.randint(1, 250)}"
    with socket.socket() as probe:
        probe.bind((host, 0))
        return host, int(probe.getsockname()[1])


def _end_group(leader: int) -> None:
    """Workers notice a killed parent by themselves, but a second late."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
