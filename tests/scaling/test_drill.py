"""The drill on a live stage: real tasks under bounded load, and scaling policies that act on it."""

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from ops import drill_run
from ops.errors import OpsError
from tests.support import live
from tests.support.emulator import until
from tests.support.fake_drilled import ALL_ON
from tests.support.live_drill import (
    MIGRATIONS,
    activities,
    counts,
    history,
    hold,
    note_migration,
    rest,
    state,
    subject,
)
from tests.support.live_service import PATIENCE, Live

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(900)]
MOST = 3
COOLDOWN = 300  # seconds, of scaling in
# Cooldowns count from minute to minute, and a busy machine's decision may come late in its own.
JITTER = timedelta(minutes=1)
TARGETS = [
    {"metric": "cpu", "target": 60, "scaleOutCooldown": 60, "scaleInCooldown": COOLDOWN},
    {"metric": "memory", "target": 45, "scaleOutCooldown": 60, "scaleInCooldown": COOLDOWN},
]
ALARM_LOW = timedelta(minutes=15)  # of a target-tracking policy
HELD = 480  # MiB of a task's 1,024: above the target with one task, far below it with two


@dataclass(frozen=True)
class Drilled:
    """What a drill said, and what AWS says of it."""

    good: bool
    lines: dict[str, str]  # of the checklist, by letter
    before: tuple[object, ...]
    after: tuple[object, ...]
    activities: list[dict[str, Any]]  # the oldest first
    alarm: list[str]  # the states that at-max came to, the oldest first


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    stage = live.stage(
        {
            "capacity.max": MOST,
            "scaling.targets": TARGETS,
            "service.workers.count": 1,
            "routing.websocket.deregistrationDelay": 60,
        }
    )
    with live.serving(tmp_path_factory.mktemp("live"), stage, speed=60) as service:
        # Until its start is forgotten: on so fast a clock that alone is minutes of full load.
        rest(service)
        yield service


@pytest.fixture(scope="module")
def drilled(service: Live) -> Drilled:
    """One drill, of which each test looks at something else."""
    said: list[str] = []
    before, seen = state(service), len(activities(service))
    note_migration(service)
    good = drill_run.run(subject(service, migrations=MIGRATIONS), said.append)
    print("\n".join(said))
    lines = {line[1]: line for line in said if line.startswith("(")}
    return Drilled(
        good, lines, before, state(service), activities(service)[seen:], history(service)
    )


def test_every_line_is_ticked(drilled: Drilled) -> None:
    """S0-20: the whole checklist holds for a live stage, in its order, with its evidence."""
    assert [*drilled.lines] == [*"abcdefg"]
    assert all(line[4:].startswith("ok ") for line in drilled.lines.values()), drilled.lines
    assert drilled.good


def test_it_scales_out_when_cpu_is_above_the_target(drilled: Drilled) -> None:
    """S0-07, S0-20 (a): from 1 task to 2, and the activity says that the cpu policy wants it."""
    first = drilled.activities[0]
    assert first["Description"] == "Setting desired count to 2."
    assert "AlarmHigh" in first["Cause"]
    assert "triggered policy evenkeel-staging-cpu" in first["Cause"]


def test_it_scales_to_the_maximum_and_no_further(drilled: Drilled) -> None:
    """S0-07, S0-20 (a, b), S0-23: out by CPU until there are 3, then at-max goes off, and ends."""
    out = drilled.activities[: -(MOST - 1)]
    assert counts(out)[-1] == MOST == max(counts(out))
    assert sorted(counts(out)) == counts(out)
    assert all("triggered policy evenkeel-staging-cpu" in each["Cause"] for each in out)
    assert all("AlarmHigh" in each["Cause"] for each in out)
    assert drilled.alarm[:2] == ["ALARM", "OK"]


def test_it_scales_in_one_decision_at_a_time(drilled: Drilled) -> None:
    """S0-07, S0-09, S0-20 (c): 3 → 2 → 1, each after its 15 minutes or its cooldown, not before."""
    low = drilled.activities[-(MOST - 1) :]
    assert counts(low) == [2, 1]
    assert all("AlarmLow" in each["Cause"] for each in low)
    reached = drilled.activities[-MOST]["StartTime"]
    assert low[0]["StartTime"] - reached > ALARM_LOW - JITTER
    for one, other in pairwise(low):
        assert other["StartTime"] - one["StartTime"] > timedelta(seconds=COOLDOWN) - JITTER


def test_connections_stay_within_the_sum(drilled: Drilled) -> None:
    """S0-11, S0-20 (d): the third task holds connections too, and no task more than its pool."""
    ((peak, pool),) = re.findall(rf"peak (\d+); .*: {MOST} tasks × (\d+)", drilled.lines["d"])
    assert (MOST - 1) * int(pool) < int(peak) <= MOST * int(pool)


def test_no_request_fails_from_one_task_to_three_and_back(drilled: Drilled) -> None:
    """S0-17, S0-20 (e): neither the drill nor the load balancer has seen a 5XX."""
    asked, good = re.findall(r"(\d+) requests, (\d+) with 200;", drilled.lines["e"])[0]
    assert int(asked) == int(good) > MOST
    assert "HTTPCode_Target_5XX_Count 0, HTTPCode_ELB_5XX_Count 0" in drilled.lines["e"]


def test_websocket_clients_come_back_to_their_rooms(drilled: Drilled) -> None:
    """S0-15, S0-20 (f): all that lost a task hear their room on another; no other lost anything."""
    said = re.findall(r"(\d+) of \d+ lost their task, (\d+) .*; (\d+) of the", drilled.lines["f"])
    lost, back, disturbed = map(int, said[0])
    assert lost == back >= MOST - 1
    assert disturbed == 0


def test_migrations_ran_once(drilled: Drilled) -> None:
    """S0-03, S0-20 (g): the ledger has one revision for the key, and nothing ran meanwhile."""
    assert "succeeded once at" in drilled.lines["g"]
    assert "0 migration tasks during the drill" in drilled.lines["g"]


def test_it_puts_back_what_it_found(drilled: Drilled) -> None:
    """S0-20: bounds, suspended scaling and desired count are those of before."""
    assert drilled.after == drilled.before


def test_memory_scales_out(service: Live, drilled: Drilled) -> None:
    """S0-08, S4-09: a task above the memory target gets a second beside it, and AWS says why."""
    assert drilled.after == ((1, MOST), ALL_ON, 1)
    seen = len(activities(service))
    hold(service, HELD)
    until(lambda: service.service()["runningCount"] == 2 or None, "a second task", seconds=PATIENCE)
    activity = activities(service)[seen]
    assert activity["Description"] == "Setting desired count to 2."
    assert "triggered policy evenkeel-staging-memory" in activity["Cause"]
    assert "AlarmHigh" in activity["Cause"]
    service.steady()


def test_ctrl_c_in_the_middle_puts_back_what_it_found(service: Live) -> None:
    """S0-20: a real SIGINT while the load runs; the load ends, and the stage is as before.

    The alarms of the load outlive it, so the bounds found are such that no policy moves the count.
    """
    service.scale(2)
    before = state(service)
    assert before == ((2, 2), ALL_ON, 2)

    def say(line: str) -> None:
        if line.startswith("(a)"):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(OpsError, match="ended early by SIGINT"):
        drill_run.run(subject(service), say)
    assert state(service) == before
