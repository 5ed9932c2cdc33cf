"""A revision that ECS gave up fails the update at once; the next update asks for it once."""

from datetime import timedelta

import pytest

from infra.rollout_wait import RolloutFailedError
from tests.support.fake_aws import NOON
from tests.support.fake_service import (
    NEW,
    OLD,
    deployment,
    settled,
    task,
    wait,
)

BREAKER = "ECS deployment circuit breaker: tasks failed to start."


def test_rolled_back_fails_at_once() -> None:
    """A circuit breaker's rollback fails the update when it happens, not at the limit."""
    service = settled()
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    failed = deployment("new", NEW, "FAILED", status="ACTIVE", rolloutStateReason=BREAKER)
    old = deployment("old", OLD, "COMPLETED")
    service.at(120, lambda: service.is_running(old, failed))
    with pytest.raises(RolloutFailedError) as raised:
        wait(service)
    assert BREAKER in str(raised.value)
    assert f"The service runs {OLD} instead" in str(raised.value)
    assert (service.aws.now - failed["createdAt"]).total_seconds() < 240
    assert service.asked == []


def test_rolled_back_and_no_longer_listed_fails() -> None:
    """The old revision steady again, with the failed deployment gone, is a failure too."""
    service = settled()
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    service.at(120, lambda: service.is_running(deployment("old", OLD, "COMPLETED")))
    with pytest.raises(RolloutFailedError, match="gave the revision up: see its events"):
        wait(service)


def test_reasons_from_before_the_first_look_are_told() -> None:
    """A task that died between the service's update and our first look names the cause."""
    service = settled()
    begun = NOON - timedelta(seconds=50)
    service.is_running(deployment("new", NEW, "IN_PROGRESS", createdAt=begun))
    service.events = [(-40, "has started 1 tasks")]
    died = {"desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stoppedReason": "no config"}
    service.tasks = [task(3, NEW, **died, createdAt=NOON - timedelta(seconds=40))]
    service.at(60, lambda: service.is_running(deployment("old", OLD, "COMPLETED")))
    with pytest.raises(RolloutFailedError) as raised:
        wait(service)
    assert "1 task: no config" in str(raised.value)
    assert "has started 1 tasks" in str(raised.value)


def test_a_rollback_to_the_same_revision_fails() -> None:
    """Another purchase or subnet leaves the task definition alone, and so does its rollback."""
    service = settled()
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    service.at(120, lambda: service.is_running(deployment("old", NEW, "COMPLETED")))
    with pytest.raises(RolloutFailedError, match="gave the revision up"):
        wait(service)


def test_asks_for_a_purchase_that_an_earlier_update_lost() -> None:
    """The right revision on another capacity provider is what a rollback left: ECS is asked."""
    service = settled()
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    service.is_running(deployment("old", NEW, "COMPLETED", capacityProviderStrategy=spot))
    service.on_ask = lambda: service.at(
        30, lambda: service.is_running(deployment("again", NEW, "COMPLETED"))
    )
    assert wait(service).asked_again
    [asked] = service.asked
    assert asked["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1}]


def test_another_deployment_of_the_revision_goes_on() -> None:
    """A deployment that an operator forced in between is waited for like ours."""
    service = settled()
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    ours = deployment("new", NEW, "IN_PROGRESS", status="ACTIVE", runningCount=0)
    forced = deployment("forced", NEW, "IN_PROGRESS")
    service.at(60, lambda: service.is_running(forced, ours))
    service.at(120, lambda: service.is_running(deployment("forced", NEW, "COMPLETED")))
    assert wait(service).deployment == "ecs-svc/forced"


def test_failed_without_a_rollback_fails_at_once() -> None:
    """A first deployment has nothing to go back to: it stays PRIMARY and FAILED."""
    service = settled()
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    failed = deployment("new", NEW, "FAILED", rolloutStateReason=BREAKER)
    service.at(60, lambda: service.is_running(failed))
    with pytest.raises(RolloutFailedError, match="circuit breaker"):
        wait(service)
    assert (service.aws.now - failed["createdAt"]).total_seconds() < 180


def test_asks_once_for_a_revision_that_an_earlier_update_lost() -> None:
    """PRIMARY is another revision at the start: ECS is asked once, and an unchanged up succeeds."""
    service = settled()
    service.is_running(deployment("old", OLD, "COMPLETED"))
    service.on_ask = lambda: service.at(
        30, lambda: service.is_running(deployment("again", NEW, "COMPLETED"))
    )
    done = wait(service)
    assert done.asked_again
    assert done.deployment == "ecs-svc/again"
    [asked] = service.asked
    assert (asked["taskDefinition"], asked["forceNewDeployment"]) == (NEW, True)


def test_asks_once_with_force_when_the_revision_itself_had_failed() -> None:
    """A failed first deployment is still PRIMARY: the same revision again needs the force."""
    service = settled()
    service.is_running(deployment("new", NEW, "FAILED"))
    service.on_ask = lambda: service.is_running(deployment("again", NEW, "COMPLETED"))
    assert wait(service).deployment == "ecs-svc/again"
    assert [asked["forceNewDeployment"] for asked in service.asked] == [True]


def test_asked_for_and_lost_again_is_a_failure() -> None:
    """It is asked for once in an update, not in a loop."""
    service = settled()
    service.is_running(deployment("old", OLD, "COMPLETED"))
    service.on_ask = lambda: service.is_running(deployment("again", NEW, "IN_PROGRESS"))
    service.at(100, lambda: service.is_running(deployment("old", OLD, "COMPLETED")))
    with pytest.raises(RolloutFailedError, match="gave the revision up"):
        wait(service)
    assert len(service.asked) == 1


def test_asked_for_and_lost_between_two_looks_fails_at_once() -> None:
    """A deployment that came and failed unseen is the answer; no minute of doubt is needed."""
    service = settled()
    old = deployment("old", OLD, "COMPLETED")
    service.is_running(old)

    def lose() -> None:
        now = service.aws.now + timedelta(seconds=1)
        failed = deployment("again", NEW, "FAILED", status="ACTIVE", createdAt=now)
        service.is_running(old, failed)

    service.on_ask = lose
    with pytest.raises(RolloutFailedError, match="gave the revision up"):
        wait(service)
    assert service.aws.now - NOON < timedelta(seconds=30)


def test_asked_for_and_never_taken_up_is_a_failure() -> None:
    """If ECS goes on with another revision for a minute after the question, that is its answer."""
    service = settled()
    service.is_running(deployment("old", OLD, "COMPLETED"))
    with pytest.raises(RolloutFailedError, match="gave the revision up"):
        wait(service)
    assert len(service.asked) == 1
