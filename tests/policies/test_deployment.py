"""Deployments go back by themselves, are judged, and have the time that they take."""

from typing import Any

import pulumi_aws as aws
import pytest

from policies.deployment import (
    CIRCUIT_BREAKER,
    NO_SIGINT_ROLLBACK,
    ROLLOUT_CHECKED,
    TIMEOUT_FITS,
)
from tests.policies.judging import Scaling, findings, reasons, stage
from tests.policies.migrating import program, rollout, service, told

ON = {"enable": True, "rollback": True}


def _service(**given: Any) -> aws.ecs.Service:
    return aws.ecs.Service("web", **given)


@pytest.mark.parametrize("controller", [None, {}, {"type": "ECS"}])
def test_a_breaker_that_rolls_back_passes(controller: Any) -> None:
    """S2-17: enabled, with rollback, under ECS's own controller, which is the default."""

    def build() -> None:
        _service(deployment_circuit_breaker=ON, deployment_controller=controller)

    assert told(CIRCUIT_BREAKER, build, config={}) == []


@pytest.mark.parametrize(
    ("breaker", "says"),
    [
        (None, "enable is not given and rollback is not given"),
        ({"enable": False, "rollback": True}, "Breaker: enable is false, so"),
        ({"enable": True, "rollback": False}, "Breaker: rollback is false, so"),
        ({"enable": False, "rollback": False}, "enable is false and rollback is false"),
    ],
)
def test_half_a_breaker_is_refused(breaker: Any, says: str) -> None:
    """S2-17: without either of the two, nothing stops a broken revision or nothing goes back."""
    (message,) = told(CIRCUIT_BREAKER, lambda: _service(deployment_circuit_breaker=breaker))

    assert says in message
    assert "{enable: true, rollback: true} passes" in message


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
def test_another_controller_is_refused(controller: str) -> None:
    """AWS's circuit breaker is for rolling deployments alone."""
    (message,) = told(
        CIRCUIT_BREAKER,
        lambda: _service(deployment_circuit_breaker=ON, deployment_controller={"type": controller}),
    )

    assert f"deploymentController.type {controller}" in message


@pytest.mark.parametrize("strategy", ["BLUE_GREEN", "CANARY", "LINEAR"])
def test_another_strategy_is_refused(strategy: str) -> None:
    """S2-17: sums and timeout are of a rolling deployment; others run two whole sets of tasks."""

    def build(given: str) -> None:
        _service(deployment_circuit_breaker=ON, deployment_configuration={"strategy": given})

    (message,) = told(CIRCUIT_BREAKER, lambda: build(strategy))
    assert f"deploymentConfiguration.strategy {strategy}" in message
    assert told(CIRCUIT_BREAKER, lambda: build("ROLLING")) == []


def test_an_unknown_breaker_is_a_violation() -> None:
    """What only the update will know is not verified."""

    def later() -> None:
        rollback = aws.sns.Topic("later").arn.apply(bool)
        _service(deployment_circuit_breaker={"enable": True, "rollback": rollback})

    (message,) = told(CIRCUIT_BREAKER, later)

    assert "deploymentCircuitBreaker.rollback is not known before the update" in message


@pytest.mark.parametrize("preview", [True, False])
def test_a_service_before_its_rollout_passes(preview: bool) -> None:
    """S3-15: the update ends when the rollout has judged the service."""
    assert told(ROLLOUT_CHECKED, lambda: rollout(service()), preview=preview) == []


@pytest.mark.parametrize(
    "build", [service, lambda: (service(), rollout()), lambda: service(after=[rollout()])]
)
def test_a_service_that_no_rollout_follows_is_refused(build: Any) -> None:
    """S3-15: none, one beside it, and one before it judge nothing of the change."""
    (message,) = told(ROLLOUT_CHECKED, build)

    assert message.startswith("web: no Rollout depends on it")


def test_each_service_has_a_rollout() -> None:
    """S3-15: one service's rollout says nothing of another."""
    (message,) = told(ROLLOUT_CHECKED, lambda: (rollout(service()), service(family="worker")))

    assert message.startswith("worker: ")


def test_without_a_stage_only_ours_needs_a_rollout() -> None:
    """A service of another program has no Rollout to be judged by."""
    assert len(told(ROLLOUT_CHECKED, lambda: service(parent=Scaling()), config={})) == 1

    foreign = program(service, config={})
    assert findings(foreign, [ROLLOUT_CHECKED]) == []
    assert set(reasons(foreign, [ROLLOUT_CHECKED])) == {"deployment-rollout-checked"}


# 60 s to start + 60 warm-up + 2 checks x 30 + 5 = 185; the drain of 300 + stopTimeout of 30 = 330.
@pytest.mark.parametrize(("seconds", "fits"), [(514, False), (515, True), (516, True)])
def test_a_rollout_waits_for_the_whole_deployment(seconds: int, fits: bool) -> None:
    """S3-14, S3-15: at 200 % all new tasks start at once, then all old ones leave: 185 + 330."""
    found = told(TIMEOUT_FITS, lambda: rollout(timeoutSeconds=seconds))

    assert (found == []) is fits
    assert all(
        f"timeoutSeconds {seconds} s < 515 s, which a deploy of 8 tasks takes" in message
        and "A timeoutSeconds of 515 passes" in message
        for message in found
    )


@pytest.mark.parametrize(("low", "tasks", "seconds"), [(19, 19, 3845), (20, 20, 2180)])
def test_the_slowest_number_of_tasks_counts(low: int, tasks: int, seconds: int) -> None:
    """S3-14: at 110 %, 19 tasks go one by one (19 x 185 + 330), 20 in pairs (10 x 185 + 330)."""
    config = stage(
        capacity={"min": low, "max": 20},
        database={"maxConnections": 2000},
        deployment={"maximumPercent": 110},
    )
    (message,) = told(TIMEOUT_FITS, lambda: rollout(timeoutSeconds=900), config=config)

    assert f"900 s < {seconds} s, which a deploy of {tasks} tasks takes" in message


def test_bounds_of_schedules_count() -> None:
    """S3-14: a schedule's max deploys too; at 110 % a lone task cannot move, 10 to 12 can."""
    night = {"name": "night", "cron": "0 22 * * ? *", "min": 10, "max": 12}
    config = stage(
        capacity={"min": 10, "max": 10, "schedules": [night]},
        deployment={"maximumPercent": 110},
    )
    (message,) = told(TIMEOUT_FITS, lambda: rollout(timeoutSeconds=900), config=config)

    assert "900 s < 2550 s, which a deploy of 12 tasks takes" in message  # 12 x 185 + 330


def test_a_deployment_longer_than_any_timeout_is_told() -> None:
    """A timeoutSeconds that the settings refuse is no advice: a day is the longest."""
    config = stage(
        service={"warmUpSeconds": 3600},
        capacity={"min": 90, "max": 90},
        deployment={"maximumPercent": 102},
    )
    (message,) = told(TIMEOUT_FITS, lambda: rollout(timeoutSeconds=86400), config=config)

    assert "86400 s < 335580 s" in message  # 90 x 3725 + 330
    assert "None up to 86400, the longest, covers it; raise maximumPercent" in message


def test_a_deployment_that_cannot_move_has_no_time() -> None:
    """Two tasks at 110 % never move, which capacity-deploy-can-move says."""
    config = stage(capacity={"min": 2, "max": 2}, deployment={"maximumPercent": 110})
    assert told(TIMEOUT_FITS, lambda: rollout(timeoutSeconds=1), config=config) == []


def test_a_timeout_that_cannot_be_verified_is_a_violation() -> None:
    """Unknown before the update, or without a stage to measure it by."""

    def later() -> None:
        rollout(timeoutSeconds=aws.sns.Topic("later").arn.apply(len))

    (unknown,) = told(TIMEOUT_FITS, later)
    (alone,) = told(TIMEOUT_FITS, lambda: rollout(timeoutSeconds=900), config={})

    assert "timeoutSeconds is not known before the update" in unknown
    assert "no evenkeel: setting has reached the policy pack" in alone


@pytest.mark.parametrize("given", [None, False])
def test_no_rollback_on_interrupt_passes(given: bool | None) -> None:
    """Off, which is the default."""
    assert told(NO_SIGINT_ROLLBACK, lambda: _service(sigint_rollback=given), config={}) == []


def test_rollback_on_interrupt_is_refused() -> None:
    """terraform-provider-aws 49031: healthy deployments were rolled back within seconds."""
    (message,) = told(NO_SIGINT_ROLLBACK, lambda: _service(sigint_rollback=True), config={})

    assert message.startswith("web: sigintRollback true")
