"""A rollout whose tasks die although ECS counts no failure, and only starts others."""

from datetime import timedelta
from typing import Any

import pytest

from infra.rollout_wait import RolloutFailedError
from tests.support.fake_aws import NOON
from tests.support.fake_service import NEW, settled, task, wait

LONGEST_PAUSE = 60  # seconds of the account's clock


def died(number: int, life: float, **more: Any) -> dict[str, Any]:
    """A task of the new deployment that started at noon and ended after *life* seconds."""
    ended = {
        "startedBy": "ecs-svc/new",
        "desiredStatus": "STOPPED",
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "startedAt": NOON,
        "stoppedAt": NOON + timedelta(seconds=life),
    }
    return task(number, NEW, **{**ended, **more})


def test_tasks_that_die_hold_the_rollout_up() -> None:
    """Healthy again after each death is not done."""
    service = settled()
    heir = task(3, NEW, startedBy="ecs-svc/new", startedAt=NOON + timedelta(seconds=50))
    service.tasks = [died(1, 45), died(2, 30), heir]
    said = "2 tasks lost, after up to 45 s; those that run must live 2 times as long, and the "
    with pytest.raises(RolloutFailedError, match=said):
        wait(service, 60)


@pytest.mark.parametrize("life", [0, 60])
def test_a_death_is_outlived(life: int) -> None:
    """Done once every task that runs is more than twice as old as one that died has become."""
    service = settled()
    heirs = [task(n, NEW, startedBy="ecs-svc/new", startedAt=NOON) for n in (2, 3)]
    service.tasks = [died(1, life), *heirs]
    assert 2 * life < wait(service).settled_seconds <= 2 * life + LONGEST_PAUSE


def test_a_task_that_fails_its_checks_later_counts_as_lost() -> None:
    """ECS stops it for its health: its life ends there, not with the drain that follows."""
    service = settled()
    reason = "Task failed ELB health checks in (target-group websocket)"
    ended = {"stoppedReason": reason, "stopCode": "ServiceSchedulerInitiated"}
    leaving = {"lastStatus": "DEACTIVATING", "stoppingAt": NOON + timedelta(seconds=40)}
    heir = task(2, NEW, startedBy="ecs-svc/new", startedAt=NOON)
    service.tasks = [died(1, 600, **ended, **leaving), heir]
    assert 80 < wait(service).settled_seconds <= 80 + LONGEST_PAUSE


@pytest.mark.parametrize(
    "more", [{"stopCode": "ServiceSchedulerInitiated"}, {"startedBy": "ecs-svc/before"}]
)
def test_other_ends_are_none_of_the_rollouts(more: dict[str, str]) -> None:
    """A task that ECS stopped, and one of an earlier deployment of this revision, hold up none."""
    service = settled()
    heir = task(2, NEW, startedBy="ecs-svc/new", startedAt=NOON)
    service.tasks = [died(1, 600, **more), heir]
    assert wait(service).settled_seconds == 0


def test_a_task_that_ran_for_hours_holds_up_no_rollout() -> None:
    """One crash of a service of long standing: the next wait does not last as long again."""
    service = settled()
    heir = task(2, NEW, startedBy="ecs-svc/new", startedAt=NOON)
    service.tasks = [died(1, 901, startedAt=NOON - timedelta(seconds=901), stoppedAt=NOON), heir]
    assert wait(service, 900).settled_seconds == 0
