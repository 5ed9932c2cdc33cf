"""A deployment can move at every count that the stage may have."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.capacity_programs import judged, messages, service, unknown
from tests.policies.judging import fired, stage, target

MOVE = "capacity-deploy-can-move"
SLOW = {"timeoutSeconds": 7200}


def _service(
    healthy: int | None = None, maximum: int | None = None
) -> Callable[[], aws.ecs.Service]:
    return lambda: service(
        deployment_minimum_healthy_percent=healthy, deployment_maximum_percent=maximum
    )


@pytest.mark.parametrize(
    ("low", "healthy", "maximum", "refused"),
    [
        pytest.param(1, None, None, False, id="ECS's defaults are 100 and 200"),
        pytest.param(2, 100, 150, False, id="150 % of 2 is 3"),
        pytest.param(2, 100, 149, True, id="149 % of 2 rounds down to 2"),
        pytest.param(2, 50, 100, False, id="50 % of 2 is 1, so one may stop"),
        pytest.param(2, 51, 100, True, id="51 % of 2 rounds up to 2"),
        pytest.param(2, 51, None, False, id="ECS's maximum of 200"),
        pytest.param(2, None, 149, True, id="ECS's minimum of 100"),
        pytest.param(1, 100, 199, True, id="199 % of 1 rounds down to 1"),
        pytest.param(4, 100, 125, False, id="125 % of 4 is 5"),
        pytest.param(3, 100, 125, True, id="125 % of 3 rounds down to 3"),
        pytest.param(2, 100, 100, True, id="no percentages move nothing"),
    ],
)
def test_the_lowest_count_moves(
    low: int, healthy: int | None, maximum: int | None, refused: bool
) -> None:
    """S2-17: rolling needs one task more or one less, rounded, at the fewest tasks."""
    config = stage(tier="staging", capacity={"min": low}, deployment=SLOW)
    found = judged(_service(healthy, maximum), config=config, name="staging")

    assert fired(found) == ({(MOVE, "web")} if refused else set())


@pytest.mark.parametrize(("low", "refused"), [(2, True), (3, True), (4, False)])
def test_a_schedules_minimum_counts(low: int, refused: bool) -> None:
    """S2-17, S2-07: the fewest tasks of any schedule decide."""
    night = {"name": "night", "cron": "0 22 * * ? *", "min": low, "max": 8}
    config = stage(capacity={"min": 4, "schedules": [night]}, deployment=SLOW)

    assert (judged(_service(100, 125), config=config) != []) is refused


def test_nothing_is_deployed_to_no_task() -> None:
    """S2-17: a minimum of 0 is the floor's matter; one task is the fewest that is deployed."""
    config = stage(tier="staging", capacity={"min": 0}, deployment=SLOW)

    assert judged(_service(100, 200), config=config, name="staging") == []
    assert fired(judged(_service(100, 199), config=config, name="staging")) == {(MOVE, "web")}


def test_the_rounding_is_in_the_message() -> None:
    """S2-17: a refusal shows what both percentages come to, and the smallest that passes."""
    found = judged(_service(100, 125), config=stage(deployment=SLOW))

    assert messages(MOVE, found) == [
        "web: at 2 desired, deploymentMinimumHealthyPercent 100 keeps 2 and "
        "deploymentMaximumPercent 125 allows 2, so a deployment can neither stop nor start a "
        "task; it can from 4 on. A maximumPercent of 150 passes."
    ]
    assert (
        "allows 2, so a deployment can neither stop nor start a task. A"
        in messages(MOVE, judged(_service(100, 100), config=stage(deployment=SLOW)))[0]
    )


@pytest.mark.parametrize(("timeout", "percent"), [(885, 134), (884, 167), (700, 167), (699, 200)])
def test_a_percent_that_takes_too_long_is_not_named(timeout: int, percent: int) -> None:
    """S3-15: three tasks take 885 s one by one, 700 s two and one, 515 s at once."""
    config = stage(capacity={"min": 3, "max": 3}, deployment={"timeoutSeconds": timeout})
    found = judged(_service(100, 125), config=config)

    assert messages(MOVE, found)[0].endswith(f"A maximumPercent of {percent} passes.")


def test_a_percent_that_the_database_does_not_hold_is_not_named() -> None:
    """S0-11: where every percentage that moves needs more connections, a max goes with it."""
    config = stage(
        database={"maxConnections": 175, "migrationConnections": 0},
        deployment={"maximumPercent": 110, **SLOW},
    )
    found = judged(target, _service(100, 110), config=config)

    assert fired(found) == {(MOVE, "web")}, "8 tasks that no deployment touches need 170"
    assert messages(MOVE, found)[0].endswith(
        "The largest max that fits 20 connections a task is 4, with a maximumPercent of 150; "
        "max 8 needs a maximumPercent of 150 and a connectionsPerTask of 10."
    )


def test_a_percent_beyond_the_quota_is_not_named() -> None:
    """S3-02: where every percentage that moves needs more vCPU, the quota is named with it."""
    config = stage(capacity={"fargateVcpuQuota": 4}, deployment={"maximumPercent": 110, **SLOW})
    found = judged(_service(100, 110), config=config)

    assert messages(MOVE, found)[0].endswith(
        "The largest max that fits 20 connections a task and every other limit is 4, with a "
        "maximumPercent of 150; max 8 needs a fargateVcpuQuota of 8 and a maximumPercent of 150."
    )


def test_a_time_too_short_for_any_percent_is_named() -> None:
    """S3-15: where no percentage is in time, the time goes with the smallest one."""
    config = stage(deployment={"maximumPercent": 110, "timeoutSeconds": 60})
    found = judged(_service(100, 110), config=config)

    assert messages(MOVE, found)[0].endswith(
        "No max of 2 or more fits 20 connections a task and every other limit; max 8 needs a "
        "maximumPercent of 150 and a timeoutSeconds of 700."
    )


def test_an_unknown_percent_is_a_violation() -> None:
    """S2-17: a percentage that no preview knows cannot be verified."""
    found = judged(
        lambda: service(deployment_maximum_percent=unknown(int)), config=stage(deployment=SLOW)
    )

    assert "deploymentMaximumPercent is not known before the update" in found[0].message


def test_a_foreign_service_is_not_judged() -> None:
    """Without a stage nothing says how few tasks there may be."""
    config: dict[str, Any] = {}
    assert judged(_service(100, 100), config=config) == []


def test_a_service_may_not_need_more_than_the_sums_have_counted() -> None:
    """S0-11: a service at 200 % under a stage of 110 % doubles where the sums count 8 + 2."""
    quick = {"http": {"deregistrationDelay": 0}, "websocket": None}
    short = {"stopTimeoutSeconds": 10, "requestTimeoutSeconds": 1}
    counted = {**SLOW, "minimumHealthyPercent": 75, "maximumPercent": 110}
    config = stage(capacity={"min": 4}, routing=quick, service=short, deployment=counted)

    assert judged(_service(75, 110), config=config) == []
    assert messages(MOVE, judged(_service(75, 200), config=config)) == [
        "web: deploymentMaximumPercent 200 and deploymentMinimumHealthyPercent 75 have 16 tasks of "
        "max 8 alive during a deploy, and connections and vCPU are summed for 10, by "
        "evenkeel:deployment's 110 and 75. Give the service those, or write its own into "
        "evenkeel:deployment."
    ]
