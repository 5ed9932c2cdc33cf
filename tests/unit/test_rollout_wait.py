"""A rollout is done when the service really runs what was asked for, and not before."""

from datetime import timedelta

import pytest

from infra.rollout_wait import RolloutFailedError
from tests.support.fake_aws import NOON
from tests.support.fake_service import (
    HTTP,
    NEW,
    OLD,
    WEBSOCKET,
    deployment,
    settled,
    task,
    wait,
)


def test_settled_at_the_first_look() -> None:
    """PRIMARY is the revision, COMPLETED, healthy, alone: done, and nothing was asked of ECS."""
    service = settled()
    done = wait(service)
    assert (done.deployment, done.running, done.minimum) == ("ecs-svc/new", 2, 2)
    assert service.asked == []


def test_waits_for_completion_and_tells_both_durations() -> None:
    """Seconds until ECS says COMPLETED, and until the old task has drained too (S3-15)."""
    service = settled()
    old = task(3, OLD, desiredStatus="STOPPED")
    service.tasks.append(old)
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    service.at(100, lambda: service.is_running(deployment("new", NEW, "COMPLETED")))
    service.at(400, lambda: old.update(lastStatus="STOPPED"))
    done = wait(service)
    assert 100 <= done.completed_seconds < 200
    assert 400 <= done.settled_seconds < 500


@pytest.mark.parametrize("group", [HTTP, WEBSOCKET])
@pytest.mark.parametrize("states", [["healthy", "unhealthy"], ["healthy", "initial"], ["healthy"]])
def test_every_target_of_both_groups_must_be_healthy(group: str, states: list[str]) -> None:
    """ECS's counts say nothing of target health; one group alone holds the rollout up."""
    service = settled()
    service.health[group] = states
    name = group.split("/")[1]
    with pytest.raises(RolloutFailedError, match=f"target group {name}"):
        wait(service, 60)
    service = settled()
    service.health[group] = states
    service.at(30, lambda: service.health.update({group: ["healthy", "healthy", "draining"]}))
    assert wait(service).settled_seconds >= 30


def test_an_old_task_still_stopping_holds_the_rollout_up() -> None:
    """A draining task of another revision still serves: not done before it is gone."""
    service = settled()
    service.tasks.append(task(3, OLD, desiredStatus="STOPPED", lastStatus="DEACTIVATING"))
    with pytest.raises(RolloutFailedError, match="1 tasks of before still stopping"):
        wait(service, 60)


def test_tasks_of_another_deployment_hold_the_rollout_up() -> None:
    """A forced deployment keeps the revision; tasks of the one before it count too."""
    service = settled()
    service.deployments.append(
        deployment("before", NEW, "COMPLETED", status="ACTIVE", runningCount=2)
    )
    with pytest.raises(RolloutFailedError, match="2 tasks of before"):
        wait(service, 60)


@pytest.mark.parametrize(
    ("minimum", "desired", "running", "is_done"),
    [(2, 2, 2, True), (4, 2, 2, False), (None, 4, 2, False), (None, 2, 2, True), (1, 4, 2, True)],
)
def test_the_minimum_in_force_must_run(
    minimum: int | None, desired: int, running: int, is_done: bool
) -> None:
    """The scalable target's minimum of this moment counts; without a target the desired count."""
    service = settled()
    service.minimum, service.desired = minimum, desired
    service.deployments[0]["runningCount"] = running
    if is_done:
        wait(service, 60)
    else:
        with pytest.raises(RolloutFailedError, match="2 running, the minimum in force is 4"):
            wait(service, 60)


def test_failed_tasks_hold_the_rollout_up() -> None:
    """COMPLETED with tasks failing since is not done."""
    service = settled()
    service.deployments[0]["failedTasks"] = 1
    with pytest.raises(RolloutFailedError, match="1 failed tasks"):
        wait(service, 60)


def test_the_limit_is_on_the_accounts_clock() -> None:
    """The wait ends at the limit by AWS's own time, whatever this machine's clock does."""
    service = settled()
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    with pytest.raises(RolloutFailedError, match=r"within 900 s\. Missing: the deployment"):
        wait(service)
    passed = (service.aws.now - service.deployments[0]["createdAt"]).total_seconds()
    assert 900 < passed <= 960


def test_the_message_holds_events_and_reasons() -> None:
    """Events since the start, why tasks of this revision stopped, and what to do next."""
    service = settled()
    service.events = [(-600, "of yesterday"), (30, "unable to place a task")]
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    stopped = {
        "desiredStatus": "STOPPED",
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "service", "exitCode": 3, "reason": "boom"}],
    }
    service.tasks = [task(3, NEW, **stopped), task(4, NEW, **stopped), task(5, OLD, **stopped)]
    earlier = NOON - timedelta(hours=1)
    service.tasks.append(task(6, NEW, **{**stopped, "createdAt": earlier}))
    with pytest.raises(RolloutFailedError) as raised:
        wait(service, 120)
    message = str(raised.value)
    assert "12:00:30 unable to place a task" in message
    assert "of yesterday" not in message
    assert "2 tasks: EssentialContainerExited: Essential container in task exited: boom" in message
    assert "container service exited with code 3" in message
    assert "Next: " in message


def test_events_of_one_moment_keep_their_order() -> None:
    """ECS lists the newest first; the message has them as they happened."""
    service = settled()
    service.events = [(30, "deployment failed"), (30, "rolling back")]
    service.is_running(deployment("new", NEW, "IN_PROGRESS"))
    with pytest.raises(RolloutFailedError, match=r"deployment failed\n.*rolling back"):
        wait(service, 60)


def test_a_deleted_service_is_a_readable_failure() -> None:
    """A service deleted outside the stack is named, with the next step."""
    service = settled()
    service.status = "INACTIVE"
    with pytest.raises(RolloutFailedError, match="There is no service evenkeel-staging"):
        wait(service)
