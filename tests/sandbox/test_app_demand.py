"""The sample application's load on demand: CPU and memory of the worker that answers."""

import threading
import time
from pathlib import Path

import pytest

from sandbox import database
from sandbox.state import Part
from tests.support.application import StartTask, Task, postgres, start

__all__ = ["postgres", "start"]
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
MIB = 2**20
PAGE = 4096


@pytest.fixture
def warm(postgres: Part, start: StartTask) -> Task:
    """One task of one worker, ready."""
    return start(DATABASE_URL=database.url(postgres)).wait_until_warm()


def test_burn_takes_the_cpu_it_was_asked_for(warm: Task) -> None:
    """S0-20: load can be made to measure, because a request takes so much CPU and little more."""
    worker = warm.get("/api/whoami").json["worker"]
    before = cpu_seconds(worker)
    answer = warm.get("/api/burn?seconds=0.5")
    taken = cpu_seconds(worker) - before
    assert (answer.status, answer.json["seconds"], answer.json["worker"]) == (200, 0.5, worker)
    assert answer.json["task"] == warm.host
    assert 0.48 <= taken <= 0.8


def test_health_is_answered_while_a_worker_burns(warm: Task) -> None:
    """S0-20: a loaded task stays healthy, because others have their turn between the slices."""
    done: list[float] = []

    def burn() -> None:
        warm.get("/api/burn?seconds=2")
        done.append(time.monotonic())

    burning = threading.Thread(target=burn)
    burning.start()
    worker = warm.get("/api/whoami").json["worker"]
    statuses, before = [], cpu_seconds(worker)
    while cpu_seconds(worker) < before + 1:
        statuses.append(warm.health())
    answered = time.monotonic()
    burning.join()
    assert set(statuses) == {200}
    assert answered < done[0]


def test_hold_keeps_memory_until_it_is_told_to_let_go(warm: Task) -> None:
    """S4-09: memory of a task rises and falls as it is asked to."""
    worker = warm.get("/api/whoami").json["worker"]
    before = resident(worker)
    held = []
    for mebibytes in (100, 20, 0):
        answer = warm.request("POST", f"/api/hold?mebibytes={mebibytes}")
        assert (answer.status, answer.json["mebibytes"]) == (200, mebibytes)
        held.append(resident(worker) - before)
    assert [round(each / MIB, -1) for each in held] == [100, 20, 0]


@pytest.mark.parametrize("seconds", ["x", "-0.1", "2.1", "nan", "1e999", ""])
def test_burn_of_no_allowed_length_is_refused(warm: Task, seconds: str) -> None:
    """400, with the value and what is allowed."""
    answer = warm.get(f"/api/burn?seconds={seconds}")
    assert answer.status == 400
    assert answer.json == {"error": f"seconds is {seconds!r}; allowed is a number from 0 to 2"}


@pytest.mark.parametrize("mebibytes", ["x", "-1", "1.5", "513", "9" * 400, ""])
def test_hold_of_no_allowed_size_is_refused(warm: Task, mebibytes: str) -> None:
    """400, with the value and what is allowed."""
    answer = warm.request("POST", f"/api/hold?mebibytes={mebibytes}")
    says = f"mebibytes is {mebibytes!r}; allowed is a whole number from 0 to 512"
    assert answer.status == 400
    assert answer.json == {"error": says}


def cpu_seconds(pid: int) -> float:
    """CPU that a process has taken, in seconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def resident(pid: int) -> int:
    """Bytes of memory that a process has of its own."""
    _, all_of_it, shared = Path(f"/proc/{pid}/statm").read_text().split()[:3]
    return (int(all_of_it) - int(shared)) * PAGE
