"""The sample application over HTTP: health, warm-up, its routes, and what it refuses."""

import http.client
import json

import pytest

from sandbox import database
from sandbox.state import Part
from tests.support.application import PATIENCE, StartTask, Task, postgres, start, wait

__all__ = ["postgres", "start"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]


@pytest.fixture
def warm(postgres: Part, start: StartTask) -> Task:
    """One task, ready."""
    return start(
        DATABASE_URL=database.url(postgres), STAGE="staging", RELEASE="r1"
    ).wait_until_warm()


def test_it_is_unhealthy_while_it_warms_and_serves_already(
    postgres: Part, start: StartTask
) -> None:
    """S2-16: it listens before it warms, so the health check gets 503 and no refused connection."""
    task = start(DATABASE_URL=database.url(postgres), WARM_UP_SECONDS="3600")
    wait(lambda: task.health() is not None, task.log)
    assert task.get("/health").status == 503
    assert task.get("/health").json == {"status": "warming"}
    assert task.get("/api/whoami").status == 200


def test_it_is_healthy_once_it_is_warm(postgres: Part, start: StartTask) -> None:
    """S2-16: the warm-up runs on the sandbox clock, and after it the health check is 200."""
    task = start(DATABASE_URL=database.url(postgres), WARM_UP_SECONDS="120", SANDBOX_SPEED="60")
    seen = []

    def warm() -> bool:
        seen.append(task.health())
        return seen[-1] == 200

    wait(warm, task.log)
    assert [status for status in dict.fromkeys(seen) if status] == [503, 200]
    assert task.get("/health").json == {"status": "ok"}


def test_whoami_names_task_stage_and_release(warm: Task) -> None:
    """A caller sees which task answered."""
    answer = warm.get("/api/whoami").json
    assert answer.pop("worker") > 0
    assert answer == {"task": warm.host, "stage": "staging", "release": "r1"}


def test_the_page_and_its_files_are_served(warm: Task) -> None:
    """The page names files below /assets, and they are there."""
    page = warm.get("/")
    assert page.status == 200
    for file in ("/assets/page.js", "/assets/page.css"):
        assert file.encode() in page.body
        assert warm.get(file).status == 200
    assert warm.get("/assets/../serve.py").status == 404


def test_items_go_through_the_database(warm: Task) -> None:
    """What is posted is listed, newest first."""
    for name in ("first", "second"):
        made = warm.request("POST", "/api/items", json.dumps({"name": name, "note": "n"}).encode())
        assert (made.status, made.json["name"], made.json["note"]) == (201, name, "n")
    listed = warm.get("/api/items").json["items"]
    assert [item["name"] for item in listed[:2]] == ["second", "first"]


@pytest.mark.parametrize("seconds", ["x", "-1", "10.1", "nan", "1e999", ""])
def test_work_of_no_allowed_length_is_refused(warm: Task, seconds: str) -> None:
    """400, with the value and what is allowed."""
    answer = warm.get(f"/api/work?seconds={seconds}")
    assert answer.status == 400
    assert answer.json == {"error": f"seconds is {seconds!r}; allowed is a number from 0 to 10"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is no JSON"),
        (b"\xff", "the body is no JSON"),
        (b"[]", "name must be"),
        (b'{"name": ""}', "name must be"),
        (b'{"name": 3}', "name must be"),
        (b'{"name": "' + b"a" * 201 + b'"}', "name must be"),
        (b'{"name": "a\\u0000"}', "name must be"),
        (b'{"name": "\\ud800"}', "name must be"),
        (b'{"name": "a", "note": 3}', "note of 0 to as many"),
    ],
)
def test_an_item_that_is_none_is_refused(warm: Task, body: bytes, reason: str) -> None:
    """400, with what is allowed; the database is not asked."""
    answer = warm.request("POST", "/api/items", body)
    assert answer.status == 400
    assert reason in answer.json["error"]


def test_a_request_in_flight_is_finished_at_sigterm(warm: Task) -> None:
    """S0-17: the task answers what it has begun, then exits 0."""
    busy = http.client.HTTPConnection(warm.host, warm.port, timeout=PATIENCE)
    busy.request("GET", "/api/whoami")
    assert busy.getresponse().read()  # the one worker has accepted the connection
    busy.request("GET", "/api/work?seconds=2")
    assert warm.get("/api/whoami").status == 200  # and by now it has read the request
    assert warm.stop() == 0
    answer = busy.getresponse()
    assert (answer.status, json.loads(answer.read())["seconds"]) == (200, 2.0)
    busy.close()


def test_an_idle_task_exits_0_at_sigterm_with_its_workers(postgres: Part, start: StartTask) -> None:
    """S2-17: every worker ends, and the place is free for the next task."""
    task = start(DATABASE_URL=database.url(postgres), WEB_CONCURRENCY="2").wait_until_warm()
    assert task.stop() == 0
    assert task.health() is None
    assert "Traceback" not in task.log.read_text()
