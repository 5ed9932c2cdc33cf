"""The load balancer outlasts pings and requests, ECS the start of a task."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.entrance import later, routed
from tests.policies.judging import stage

IDLE, GRACE = "routing-idle-above-ping", "routing-grace-covers-warm-up"


def _balancer(idle: pulumi.Input[int] | None, kind: str | None = None) -> Callable[[], object]:
    return lambda: aws.lb.LoadBalancer("web", idle_timeout=idle, load_balancer_type=kind)


def _service(grace: pulumi.Input[int] | None, *, behind: bool = True) -> Callable[[], object]:
    balanced: Any = {"target_group_arn": "arn", "container_name": "web", "container_port": 3000}
    return lambda: aws.ecs.Service(
        "web",
        load_balancers=[balanced] if behind else [],
        health_check_grace_period_seconds=grace,
    )


def _found(policy: str, program: Callable[[], object], **options: Any) -> list[str]:
    """Messages of *policy* alone: a load balancer by itself lacks an HTTPS listener too."""
    return [f.message for f in routed(program, **options) if f.policy == policy]


def _pings(seconds: int, request: int = 30) -> dict[str, Any]:
    return stage(
        service={"requestTimeoutSeconds": request},
        routing={"websocket": {"path": "/socket.io", "pingIntervalSeconds": seconds}},
    )


@pytest.mark.parametrize(
    ("config", "least"),
    [
        (_pings(25), 60),  # 2 x 25 + 10
        (_pings(26), 62),
        (_pings(25, request=55), 60),
        (_pings(25, request=56), 61),
        (stage(routing={"websocket": None}, service={"requestTimeoutSeconds": 100}), 105),
    ],
)
def test_idle_timeout_covers_requests_and_two_pings(config: dict[str, Any], least: int) -> None:
    """S0-15: at least max(60, request + 5, 2 x ping + 10), to the second."""
    (message,) = _found(IDLE, _balancer(least - 1), config=config)

    assert f"idleTimeout {least - 1} s < max(60, requestTimeoutSeconds " in message
    assert f"= {least} s. An idleTimeout of {least} passes." in message
    assert _found(IDLE, _balancer(least), config=config) == []


def test_the_sum_of_the_idle_timeout_is_shown() -> None:
    """S0-15: every term is named with its number; without websockets there are no pings."""
    (message,) = _found(IDLE, _balancer(60), config=_pings(60))
    (without,) = _found(IDLE, _balancer(59), config=stage(routing={"websocket": None}))

    assert "max(60, requestTimeoutSeconds 30 + 5, 2 × pingIntervalSeconds 60 + 10) = 130" in message
    assert "max(60, requestTimeoutSeconds 30 + 5) = 60" in without


def test_the_default_idle_timeout_is_60_s() -> None:
    """S0-15: AWS's default is judged where none is given."""
    assert _found(IDLE, _balancer(None)) == []
    assert len(_found(IDLE, _balancer(None), config=_pings(26))) == 1


@pytest.mark.parametrize("kind", ["network", "gateway"])
def test_only_application_load_balancers_have_one(kind: str) -> None:
    """S0-15: idleTimeout is theirs alone."""
    assert _found(IDLE, _balancer(None, kind), config=_pings(60)) == []
    assert len(_found(IDLE, _balancer(None, "application"), config=_pings(60))) == 1


@pytest.mark.parametrize(
    ("grace", "passes"), [(None, False), (0, False), (124, False), (125, True)]
)
def test_the_grace_period_covers_the_start(grace: int | None, passes: bool) -> None:
    """S2-14: 60 + 2 x 30 + 5 = 125 s until a task can be healthy; AWS's default is 0."""
    found = _found(GRACE, _service(grace))

    assert (found == []) is passes
    assert all(f"healthCheckGracePeriodSeconds {grace or 0} s < " in message for message in found)
    assert all(
        "warmUpSeconds 60 + healthyThreshold 2 × intervalSeconds 30 + timeoutSeconds 5 = 125 s"
        in message
        and "A healthCheckGracePeriodSeconds of 125 passes." in message
        for message in found
    )


def test_a_service_without_a_load_balancer_needs_no_grace() -> None:
    """S2-14: nothing judges its tasks from outside."""
    assert _found(GRACE, _service(None, behind=False)) == []


@pytest.mark.parametrize(
    ("policy", "program", "named"),
    [
        (IDLE, lambda: _balancer(later().apply(len))(), "idleTimeout"),
        (GRACE, lambda: _service(later().apply(len))(), "healthCheckGracePeriodSeconds"),
    ],
)
def test_unknown_values_are_violations(
    policy: str, program: Callable[[], object], named: str
) -> None:
    """S0-15, S2-14: a time that only the update knows cannot be verified."""
    (message,) = _found(policy, program)

    assert f"{named} is not known before the update" in message


def test_without_facts_nothing_is_judged() -> None:
    """S0-15, S2-14: pings, requests and warm-up are in a stage."""
    assert _found(IDLE, _balancer(1), config={}, name="dev") == []
    assert _found(GRACE, _service(0), config={}, name="dev") == []
