"""The emulator under a clock that moves only when told."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support import emulator, stepped
from tests.support.emulated_service import IMAGES, define
from tests.support.emulated_tasks import Runner
from tests.support.emulator import Account, Emulator
from tests.support.stepped import Stepped

START = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stepped]:
    with stepped.running(tmp_path_factory.mktemp("stepped"), IMAGES) as found:
        yield found


def answered(aws: Emulator, body: bytes) -> tuple[int, str]:
    """Status and error of a call to move the clock."""
    request = urllib.request.Request(f"{aws.url}/_evenkeel/clock", data=body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, str(json.load(error)["error"])


def test_it_moves_by_what_it_is_told_and_survives_a_kill(tmp_path: Path) -> None:
    """S0-20: an hour and a day pass at once, and a killed emulator goes on where it stood."""
    with stepped.running(tmp_path) as aws:
        assert aws.now() == START
        # What it remembers has secrets and passwords in it.
        assert (tmp_path / "state").stat().st_mode & 0o077 == 0
        aws.forward(hours=25)
        assert aws.now() == START + timedelta(hours=25)
        aws.until("2026-11-23T08:00:30+00:00")
        aws.stop(signal.SIGKILL)
        aws.start()
        assert aws.now() == datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC)


def test_what_falls_due_on_the_way_happens(aws: Stepped) -> None:
    """A task takes its seconds to run and its own to end; none passes without a step."""
    account = Account(aws.url)
    tasks = Runner(account)
    arn = tasks.run(define(account, "web"))["tasks"][0]["taskArn"]

    def status() -> str:
        return str(tasks.task(arn)["lastStatus"])

    assert (status(), status()) == ("PROVISIONING", "PROVISIONING")
    aws.forward(seconds=30)
    assert status() == "RUNNING"


def test_a_process_is_not_started_under_a_clock_that_stands(tmp_path: Path) -> None:
    """A task of an image with a folder fails to start, and says why."""
    with stepped.running(tmp_path, "- {match: web, folder: ., run: ['true']}") as aws:
        account = Account(aws.url)
        tasks = Runner(account)
        arn = tasks.run(define(account, "web"))["tasks"][0]["taskArn"]
        aws.forward(seconds=60)
        stopped = tasks.task(arn)
        assert stopped["stopCode"] == "TaskFailedToStart"
        assert "clock stands still, and a process does not" in stopped["stoppedReason"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"seconds": 0}', "seconds is 0; allowed: above 0, to 86400"),
        (b'{"seconds": 90000}', "seconds is 90000; allowed: above 0, to 86400"),
        (b'{"seconds": NaN}', "seconds is nan; allowed: above 0, to 86400"),
        (b'{"seconds": "soon"}', 'the body must be {"seconds": …}'),
        (b"[]", 'the body must be {"seconds": …}'),
    ],
)
def test_bad_steps_are_refused(aws: Stepped, body: bytes, said: str) -> None:
    """What is no number of seconds in range is 400 with what is allowed; the time stays."""
    before = aws.now()
    status, error = answered(aws, body)
    assert (status, aws.now()) == (400, before)
    assert error.startswith(said)


def test_a_running_clock_is_not_moved(tmp_path: Path) -> None:
    """A clock with a speed refuses to be moved."""
    with emulator.running(tmp_path, speed=60) as aws:
        assert answered(aws, b'{"seconds": 5}') == (400, "this clock runs by itself, at speed 60")
