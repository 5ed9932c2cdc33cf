"""The sample application's connections: exactly what the stage has counted, or no task."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import database
from sandbox.state import Part
from tests.support.application import (
    LIMIT,
    PATIENCE,
    StartTask,
    connections,
    migrate,
    postgres,
    start,
    wait,
)

__all__ = ["postgres", "start"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]


def test_a_warm_task_holds_workers_times_pool_size(postgres: Part, start: StartTask) -> None:
    """S0-11: from the first 200 of its health check on, idle or not, and none after its end."""
    wait(lambda: connections(postgres) == 0)
    url = database.url(postgres)
    task = start(DATABASE_URL=url, WEB_CONCURRENCY="3", DB_POOL_SIZE="4").wait_until_warm()
    assert connections(postgres) == 12
    for _ in range(5):
        assert task.get("/api/items").status == 200
    assert connections(postgres) == 12
    assert task.stop() == 0
    wait(lambda: connections(postgres) == 0)


def test_the_fifth_task_of_20_connections_fails_at_a_limit_of_90(
    postgres: Part, start: StartTask
) -> None:
    """S0-11, S0-12: four tasks fit; PostgreSQL refuses the fifth, and the four go on."""
    wait(lambda: connections(postgres) == 0)
    url = database.url(postgres)
    four = [start(DATABASE_URL=url, DB_POOL_SIZE="20") for _ in range(4)]
    for task in four:
        task.wait_until_warm()
    assert connections(postgres) == 80

    fifth = start(DATABASE_URL=url, DB_POOL_SIZE="20")
    assert fifth.ended() == 3
    log = fifth.log.read_text()
    assert "FATAL:  remaining connection slots are reserved for roles" in log
    assert "DB_POOL_SIZE=20" in log
    assert "Traceback" not in log
    wait(lambda: connections(postgres) == 80)
    assert [task.health() for task in four] == [200] * 4
    assert LIMIT == 90


def test_workers_that_are_refused_together_end_the_task(start: StartTask) -> None:
    """S0-12: each logs the reason, one alone ends the task, and gunicorn does not stumble."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        url = f"postgresql://app:x@127.0.0.1:{server.getsockname()[1]}/app"
        task = start(DATABASE_URL=url, WEB_CONCURRENCY="6", DB_POOL_SIZE="1")
        held = [server.accept()[0] for _ in range(6)]
        for connection in held:
            connection.close()
    assert task.ended() == 3
    assert "server closed the connection unexpectedly" in task.log.read_text()
    assert "Traceback" not in task.log.read_text()


def test_a_database_that_is_out_ends_the_task_with_the_reason(start: StartTask) -> None:
    """The task never becomes healthy, and its log says that nobody listens there."""
    task = start(DATABASE_URL="postgresql://app:x@127.0.0.1:1/app")
    assert task.ended() == 3
    assert "Connection refused" in task.log.read_text()


def test_a_wrong_password_ends_the_task_with_postgresqls_words(
    postgres: Part, start: StartTask
) -> None:
    """The log says what PostgreSQL said, and not the password."""
    url = f"postgresql://app:wrong-one@127.0.0.1:{postgres.port}/app"
    task = start(DATABASE_URL=url, LOG_LEVEL="error")
    assert task.ended() == 3
    log = task.log.read_text()
    assert 'FATAL:  password authentication failed for user "app"' in log
    assert "wrong-one" not in log


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """The folder of a database that the test may stop and start."""
    folder = tmp_path / "own"
    part = database.start(folder, max_connections=20, dies_with_us=True)
    assert migrate(part).returncode == 0
    yield folder
    database.stop(restarted(folder))


def restarted(folder: Path) -> Part:
    """The database anew, on the port that it had."""
    found = database.known(folder)
    assert found is not None
    database.stop(found[0])
    return database.start(folder, max_connections=20, dies_with_us=True)


def test_a_database_that_is_away_is_told_and_used_again(own: Path, start: StartTask) -> None:
    """Meanwhile 503 with a reason and a healthy task; then the pool that it had."""
    part = restarted(own)
    task = start(DATABASE_URL=database.url(part), DB_POOL_SIZE="3").wait_until_warm()
    database.stop(part)
    answer = task.get("/api/items")
    assert (answer.status, answer.json) == (503, {"error": "the database does not answer"})
    assert task.health() == 200
    part = restarted(own)
    wait(lambda: task.get("/api/items").status == 200, task.log)
    wait(lambda: connections(part) == 3)
    assert task.stop() == 0


def test_a_database_that_restarted_fails_one_request(own: Path, start: StartTask) -> None:
    """One finds its connection dead; the worker then replaces the whole pool, not one by one."""
    url = database.url(restarted(own))
    task = start(DATABASE_URL=url, DB_POOL_SIZE="4").wait_until_warm()
    part = restarted(own)
    assert [task.get("/api/items").status for _ in range(6)] == [503] + [200] * 5
    wait(lambda: connections(part) == 4)


def test_migrations_run_while_tasks_hold_the_rest(postgres: Part, start: StartTask) -> None:
    """S0-01: the migration task needs one connection of its own, and gives it back."""
    wait(lambda: connections(postgres) == 0)
    url = database.url(postgres)
    start(DATABASE_URL=url, DB_POOL_SIZE="84").wait_until_warm()
    assert migrate(postgres).returncode == 0
    held = psycopg.connect(url)
    refused = migrate(postgres)
    held.close()
    assert refused.returncode != 0
    assert "remaining connection slots are reserved" in refused.stderr
