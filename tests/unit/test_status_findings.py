"""What `evenkeel status` finds wrong with a stage."""

import pytest

from ops import status
from tests.support.fake_service import HTTP, NEW, OLD, deployment
from tests.support.fake_stage import FakeStage, stage_of
from tests.support.stages import shipped


@pytest.fixture
def stage() -> FakeStage:
    return stage_of(shipped("staging"))


def test_a_failed_deployment_is_a_finding(stage: FakeStage) -> None:
    """ECS rolls back, and the one that failed is named with its reason."""
    failed = deployment("new", NEW, "FAILED", status="ACTIVE", rolloutStateReason="circuit breaker")
    stage.deployments = [deployment("old", OLD, "COMPLETED"), failed]
    assert stage.report()["findings"] == [
        "a deployment has FAILED: evenkeel-staging-service:7: circuit breaker"
    ]


def test_tasks_that_fail_while_ecs_deploys_are_a_finding(stage: FakeStage) -> None:
    """S2-03: ECS tries on, and its events say why; once COMPLETED the count is history."""
    stage.deployments = [deployment("new", NEW, "IN_PROGRESS", failedTasks=1)]
    assert stage.report()["findings"] == ["1 task of the deployment failed"]
    stage.deployments = [deployment("new", NEW, "COMPLETED", failedTasks=1)]
    assert stage.report()["findings"] == []


def test_fewer_running_than_desired_is_a_finding_once_deployed(stage: FakeStage) -> None:
    """One of two tasks is gone, and no deployment explains it."""
    stage.running = 1
    assert stage.report()["findings"] == ["1 of 2 tasks run"]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "no healthy target in http, though 2 tasks run"),
        (["initial"] * 2, "no healthy target in http, though 2 tasks run"),
        (["draining"] * 2, "no healthy target in http, though 2 tasks run"),
        (["healthy"], "1 healthy target in http, though 2 tasks run"),
        (["healthy", "unused"], "1 healthy target in http, though 2 tasks run"),
        (["healthy", "unhealthy.draining"], "1 unhealthy target in http"),
        (["healthy", "initial"], None),
        (["healthy", "healthy", "draining"], None),
    ],
)
def test_running_tasks_without_healthy_targets_are_a_finding(
    stage: FakeStage, states: list[str], expected: str | None
) -> None:
    """S2-03: ECS calls a task running that nobody reaches; one that is just added is well."""
    stage.health[HTTP] = [
        {"Target": {"Id": f"10.0.0.{n}"}, "TargetHealth": {"State": state}}
        for n, state in enumerate(states)
    ]
    found = stage.report()
    assert found["findings"] == ([expected] if expected else [])
    assert status.exit_status(found) == bool(expected)


def test_a_deployment_explains_targets_that_are_not_healthy_yet(stage: FakeStage) -> None:
    """S2-03: new tasks have to pass their checks first."""
    stage.deployments = [deployment("new", NEW, "IN_PROGRESS")]
    stage.health[HTTP] = []
    assert stage.report()["findings"] == []


def test_a_count_below_the_minimum_is_a_finding(stage: FakeStage) -> None:
    """S2-10: somebody has set 0, and scaling brings none back unasked."""
    stage.desired = stage.running = 0
    assert stage.report()["findings"] == ["the desired count is 0, below MinCapacity 1"]


def test_other_bounds_than_planned_are_a_finding(stage: FakeStage) -> None:
    """F8: with the next step; staging's base is 1 to 2."""
    stage.bounds = (1, 5)
    assert stage.report()["findings"] == [
        "the bounds 1 to 5 are not what the stage file says: 1 to 2 are due by base; "
        "run pulumi up --stack staging --refresh"
    ]


def test_a_service_that_nothing_scales_is_a_finding(stage: FakeStage) -> None:
    """No scalable target: neither bounds nor policies."""
    stage.bounds = None
    assert stage.report()["findings"] == ["nothing scales the service: it has no scalable target"]


def test_a_suspension_that_no_panic_made_is_a_finding(stage: FakeStage) -> None:
    """Somebody has switched scaling off by hand."""
    stage.suspended = {"DynamicScalingOutSuspended": True, "ScheduledScalingSuspended": True}
    assert stage.report()["findings"] == ["scaling is suspended without a panic: out, scheduled"]
