"""A task that leaves has the time that its longest request takes."""

import json
from typing import Any

import pulumi_aws as aws
import pytest

from infra.settings import parse
from policies.routing.timing import _advice
from tests.policies.entrance import group, later, routed
from tests.policies.judging import fired, stage

DRAIN = "routing-drain-fits"


def _tasks(stop: Any, launch: str | None = "FARGATE") -> aws.ecs.TaskDefinition:
    container = {"name": "web", "image": "web", **({} if stop is None else {"stopTimeout": stop})}
    return aws.ecs.TaskDefinition(
        "web",
        family="web",
        requires_compatibilities=None if launch is None else [launch],
        container_definitions=json.dumps([container]),
    )


def _found(program: Any, **options: Any) -> list[str]:
    found = routed(program, **options)
    assert {finding.policy for finding in found} <= {DRAIN}
    return [finding.message for finding in found]


@pytest.mark.parametrize("delay", [30, 31, 3600, None])
def test_a_drain_as_long_as_a_request_passes(delay: int | None) -> None:
    """S0-17: 30 s of request timeout and more, up to AWS's 3600 s; 300 s is AWS's default."""
    assert routed(lambda: group("web", deregistration_delay=delay)) == []


@pytest.mark.parametrize("delay", [0, 29])
def test_a_drain_shorter_than_a_request_is_refused(delay: int) -> None:
    """S0-17, S3-11: a leaving task gets the time that its longest request takes."""
    found = routed(lambda: group("web", deregistration_delay=delay))

    assert fired(found) == {(DRAIN, "web")}
    assert f"deregistrationDelay {delay} s < requestTimeoutSeconds 30 s" in found[0].message
    assert "A deregistrationDelay of 30 passes." in found[0].message


def test_the_default_drain_may_be_too_short() -> None:
    """S0-17: AWS's 300 s counts where no delay is given."""
    config = stage(service={"requestTimeoutSeconds": 301})

    assert "deregistrationDelay 300 s < " in _found(lambda: group("web"), config=config)[0]


def test_a_drain_beyond_aws_needs_no_facts() -> None:
    """S0-17: 3601 s is refused anywhere; a shorter drain is judged only where a stage is."""
    (message,) = _found(lambda: group("web", deregistration_delay=3601), config={})

    assert "deregistrationDelay 3601 s > 3600 s" in message
    assert "A deregistrationDelay of 3600 passes" in message
    assert routed(lambda: group("web", deregistration_delay=1), config={}, name="dev") == []


def test_functions_do_not_drain() -> None:
    """S0-17: a group that invokes a function has no deregistration delay."""
    other = {"target_type": "lambda", "protocol": None, "deregistration_delay": 0}

    assert routed(lambda: group("web", **other)) == []


@pytest.mark.parametrize(
    ("sections", "request_timeout", "advice"),
    [
        ({}, 300, "A deregistrationDelay of 300 passes."),
        (
            {},
            301,
            "A deregistrationDelay of 301 with every scaleInCooldown below 301 raised to 301 "
            "passes.",
        ),
        # A start of 60 + 125 s, the drain and 30 s of stopping end within 900 s: 685 at most.
        (
            {},
            685,
            "A deregistrationDelay of 685 with every scaleInCooldown below 685 raised to 685 "
            "passes.",
        ),
        (
            {},
            686,
            "A deregistrationDelay of 685 with a service.requestTimeoutSeconds of 685 and every "
            "scaleInCooldown below 685 raised to 685 passes.",
        ),
        (
            {"deployment": {"timeoutSeconds": 5000}},
            3995,
            "A deregistrationDelay of 3600 with a service.requestTimeoutSeconds of 3600 and every "
            "scaleInCooldown below 3600 raised to 3600 passes.",
        ),
        (
            {"deployment": {"timeoutSeconds": 500}},
            400,
            "No deregistrationDelay fits this stage's deployment as it is; correct that first.",
        ),
    ],
)
def test_the_advised_drain_fits_the_stage(
    sections: dict[str, Any], request_timeout: int, advice: str
) -> None:
    """S0-17: a longer drain must not outlast a cooldown or the deployment's time-out."""
    settings = parse("production", stage(**sections))

    assert _advice(settings, request_timeout) == advice


def test_a_drain_that_adds_tasks_is_not_advised() -> None:
    """S0-11: in steps of 25 % old tasks are gone before the quickest start, 20 s on, or add."""
    quick = {"http": {"deregistrationDelay": 1}, "websocket": None}
    slowly = {"maximumPercent": 125, "timeoutSeconds": 5000}
    sections = {"deployment": slowly, "service": {"stopTimeoutSeconds": 2}}
    settings = parse("production", stage(routing=quick, **sections))
    longer = parse(
        "production", stage(routing={**quick, "http": {"deregistrationDelay": 18}}, **sections)
    )

    assert (settings.deployment_of(8).tasks, longer.deployment_of(8).tasks) == (12, 14)
    assert _advice(settings, 400) == (
        "A deregistrationDelay of 17 with a service.requestTimeoutSeconds of 17 passes."
    )


def test_the_longest_drain_of_the_stage_counts() -> None:
    """S0-17: the cooldown covers the other group's drain, and so does the time-out."""
    websocket = {"path": "/socket.io", "deregistrationDelay": 600}
    longer = parse("production", stage(routing={"websocket": websocket}))
    too_long = parse("production", stage(routing={"http": {"deregistrationDelay": 686}}))

    assert "below 600 raised to 600" in _advice(longer, 400)
    assert "No deregistrationDelay fits" in _advice(too_long, 400)


def test_a_test_stage_needs_no_longer_cooldown() -> None:
    """S4-06: cooldowns of a test stage may be shorter than its drains."""
    below = {**stage(), "evenkeel:tier": "test"}

    assert _advice(parse("try", below), 400) == "A deregistrationDelay of 400 passes."


@pytest.mark.parametrize("stop", [None, 2, 30, 120])
def test_stop_timeouts_of_fargate_pass(stop: int | None) -> None:
    """S0-17: 2 to 120 s; 30 s is AWS's default. No facts are needed."""
    assert routed(lambda: _tasks(stop), config={}, name="dev") == []


@pytest.mark.parametrize(("stop", "advised"), [(1, 2), (121, 120), (300, 120)])
def test_other_stop_timeouts_are_refused(stop: int, advised: int) -> None:
    """S0-17: Fargate kills a container after 120 s at the latest."""
    (message,) = _found(lambda: _tasks(stop), config={}, name="dev")

    assert f"stopTimeout {stop} s of container web is outside 2 to 120 s" in message
    assert f"A stopTimeout of {advised} passes" in message


@pytest.mark.parametrize("launch", [None, "EC2"])
def test_other_tasks_may_take_longer_to_stop(launch: str | None) -> None:
    """S0-17: the limit is Fargate's."""
    assert routed(lambda: _tasks(300, launch), config={}, name="dev") == []


def test_unknown_values_are_violations() -> None:
    """S0-17: a delay, or containers, that only the update knows cannot be verified."""

    def containers() -> None:
        aws.ecs.TaskDefinition(
            "web",
            family="web",
            requires_compatibilities=["FARGATE"],
            container_definitions=later(),
        )

    delays = _found(lambda: group("web", deregistration_delay=later().apply(len)))
    assert "deregistrationDelay is not known before the update" in delays[0]
    assert "containerDefinitions is not known before the update" in _found(containers)[0]
