"""The sample application's migrations: run again without harm, in two backward compatible steps."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from sandbox import database
from sandbox.app.configuration import MIGRATION_LOCK
from sandbox.state import Part
from tests.support.application import StartTask, migrate, start, wait

__all__ = ["start"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

OLD_CODE = "INSERT INTO items (name) VALUES ('from the revision before the note')"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Part]:
    """A database without any table."""
    part = database.start(tmp_path / "database", max_connections=30, dies_with_us=True)
    yield part
    database.stop(part)


def test_a_task_of_the_service_migrates_nothing(empty: Part, start: StartTask) -> None:
    """S0-02: started on a database without tables it leaves none behind."""
    start(DATABASE_URL=database.url(empty)).wait_until_warm()
    with psycopg.connect(database.url(empty)) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchall() == []


def test_a_second_upgrade_does_nothing(empty: Part) -> None:
    """S0-03: the same key run again finds its work done."""
    first, second = migrate(empty), migrate(empty)
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stderr.count("Running upgrade") == 3
    assert second.stderr.count("Running upgrade") == 0


def test_two_upgrades_at_once_wait_for_each_other(empty: Part) -> None:
    """S0-03: both succeed, and every step has run once."""
    with psycopg.connect(database.url(empty)) as first, ThreadPoolExecutor() as pool:
        first.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        runs = [pool.submit(migrate, empty) for _ in range(2)]
        try:
            wait(lambda: waiting(empty) == 2)
        finally:
            first.rollback()
        done = [run.result() for run in runs]
    assert [run.returncode for run in done] == [0, 0]
    assert sorted(run.stderr.count("Running upgrade") for run in done) == [0, 3]


def test_expand_keeps_the_old_code_and_contract_ends_it(empty: Part, start: StartTask) -> None:
    """S0-04: between the two both revisions write; after contract only the new one does."""
    assert migrate(empty, "0001").returncode == 0
    write(empty)

    assert migrate(empty, "expand").returncode == 0
    task = start(DATABASE_URL=database.url(empty)).wait_until_warm()
    write(empty)
    body = b'{"name": "from the new revision", "note": "n"}'
    assert task.request("POST", "/api/items", body).status == 201
    assert [item["note"] for item in task.get("/api/items").json["items"]] == ["n", "", ""]

    assert migrate(empty, "contract").returncode == 0
    with pytest.raises(psycopg.errors.NotNullViolation):
        write(empty)
    assert task.request("POST", "/api/items", body).status == 201
    assert [item["note"] for item in task.get("/api/items").json["items"]] == ["n", "n", "", ""]
    assert migrate(empty).stderr.count("Running upgrade") == 0


def test_a_failed_step_leaves_the_schema_as_it_was(empty: Part) -> None:
    """S0-05: exit code not 0, the reason in the log, and the next run starts where this one did."""
    assert migrate(empty, "0001").returncode == 0
    with psycopg.connect(database.url(empty)) as connection:
        connection.execute("ALTER TABLE items ADD COLUMN note int")
    failed = migrate(empty)
    assert failed.returncode != 0
    assert 'column "note" of relation "items" already exists' in failed.stderr
    with psycopg.connect(database.url(empty)) as connection:
        connection.execute("ALTER TABLE items DROP COLUMN note")
    assert migrate(empty).returncode == 0


def write(part: Part) -> None:
    """What the code of the first schema does."""
    with psycopg.connect(database.url(part)) as connection:
        connection.execute(OLD_CODE.encode())


def waiting(part: Part) -> int:
    """How many migrations wait for another."""
    with psycopg.connect(database.superuser_url(part)) as watching:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        row = watching.execute(query).fetchone()
    assert row is not None
    return int(row[0])
