"""Bounds: enough tasks to survive, and in order."""

from collections.abc import Iterator
from typing import Any

import pytest

from policies import configuration
from tests.policies.capacity_programs import judged, messages, unknown
from tests.policies.judging import Finding, fired, schedule, stage, target

FLOOR, RANGE, SURGE = "capacity-floor", "capacity-range", "capacity-db-surge"
FOREIGN: dict[str, Any] = {}


@pytest.fixture
def configured() -> Iterator[None]:
    """The pack, told to keep three tasks in production and two elsewhere."""
    configuration.apply({FLOOR: {"production": 3.0, "elsewhere": 2.0}})
    yield
    configuration.apply({})


@pytest.mark.parametrize("name", ["staging", "production"])
def test_production_runs_two_tasks_at_least(name: str) -> None:
    """S3-12: a minimum of 1 is refused in production and passes elsewhere (S3-03)."""
    found = judged(lambda: target(low=1), config=stage(tier=name), name=name)

    if name == "staging":
        assert found == []
    else:
        assert found == [
            Finding(
                FLOOR,
                "web",
                "web: minCapacity 1 < 2, the least in tier production. A min of 2 passes.",
            )
        ]


def test_the_floor_covers_schedules() -> None:
    """S3-12: a schedule's minimum of 1 is refused in production, like the target's own."""
    assert fired(judged(target, lambda: schedule(low=1))) == {(FLOOR, "morning")}


def test_no_stage_scales_to_nothing() -> None:
    """S2-10: a minimum of 0 is refused in every tier."""
    config = stage(tier="test", capacity={"min": 0})

    assert fired(judged(lambda: target(low=0), config=config, name="dev")) == {(FLOOR, "web")}


def test_a_max_below_the_floor_is_refused() -> None:
    """With a max of 1 there are never two tasks; the message gives the largest max that fits."""
    found = judged(lambda: target(low=1, high=1))

    assert fired(found) == {(FLOOR, "web")}
    assert found[1].message.endswith("The largest max that fits 20 connections a task is 9.")
    assert judged(lambda: target(low=2, high=9)) == []
    assert fired(judged(lambda: target(high=10))) == {(SURGE, "web")}


def test_one_bound_of_an_action_is_judged_alone() -> None:
    """A scheduled action that sets one bound is judged by that one."""
    assert fired(judged(lambda: schedule(low=1, high=None))) == {(FLOOR, "morning")}
    assert fired(judged(lambda: schedule(low=None, high=1))) == {(FLOOR, "morning")}


def test_the_base_that_a_schedule_hides_is_judged() -> None:
    """S3-12: the target carries a schedule's min of 4 now; the stage's own of 1 comes back."""
    assert fired(judged(lambda: target(low=4), config=stage(capacity={"min": 1}))) == {
        (FLOOR, "web")
    }


@pytest.mark.parametrize(("name", "least"), [("production", 3), ("staging", 2)])
@pytest.mark.usefixtures("configured")
def test_the_floor_may_be_raised(name: str, least: int) -> None:
    """The pack's configuration asks for more tasks, and every message follows it."""
    config = stage(tier=name, capacity={"min": least - 1})
    found = judged(lambda: target(low=least - 1), config=config, name=name)

    assert [finding.message for finding in found] == [
        f"web: minCapacity {least - 1} < {least}, the least in tier {name}. "
        f"A min of {least} passes."
    ]
    passing = stage(tier=name, capacity={"min": least})
    assert judged(lambda: target(low=least), config=passing, name=name) == []
    tight = stage(tier=name, capacity={"min": least}, database={"maxConnections": 60})
    found = judged(lambda: target(low=least), config=tight, name=name)
    assert f"No max of {least} or more fits" in found[0].message


def test_a_floor_that_no_max_fits_names_the_pool() -> None:
    """Where the database cannot hold two tasks through a deploy, their largest pool is named."""
    config = stage(capacity={"min": 1, "max": 1}, database={"maxConnections": 91})
    found = judged(lambda: target(low=1, high=1), config=config)

    assert found[1].message == (
        "web: maxCapacity 1 < 2, the least in tier production. No max of 2 or more fits "
        "20 connections a task; at max 2 the largest pool is 19."
    )


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (0, 1, None),
        (1, 1, None),
        (8, 8, None),
        (None, 1, None),
        (0, None, None),
        (9, 8, "minCapacity 9 > maxCapacity 8. A minCapacity of 8 passes."),
        (2, 1, "minCapacity 2 > maxCapacity 1. A minCapacity of 1 passes."),
        (-1, 8, "minCapacity -1 < 0. A minCapacity of 1 passes."),
        (-1, None, "minCapacity -1 < 0. A minCapacity of 1 passes."),
        (0, 0, "maxCapacity 0 < 1: the service cannot have a task. A maxCapacity of 1 passes."),
        (3, 0, "maxCapacity 0 < 1: the service cannot have a task. A maxCapacity of 3 passes."),
        (None, 0, "maxCapacity 0 < 1: the service cannot have a task. A maxCapacity of 1 passes."),
    ],
)
def test_bounds_are_in_order(low: int | None, high: int | None, says: str | None) -> None:
    """0 <= min <= max and 1 <= max, of an action too, in any program (S2-10: never nothing)."""
    found = judged(lambda: schedule(low=low, high=high), config=FOREIGN)

    assert [finding.message for finding in found] == ([f"morning: {says}"] if says else [])
    if low is not None and high is not None:
        assert len(judged(lambda: target(low=low, high=high), config=FOREIGN)) == len(found)


def test_a_stage_names_its_own_least() -> None:
    """Under a stage, what a message advises is what the tier and the database allow."""
    negative = judged(lambda: schedule(low=-1))
    nothing = judged(lambda: schedule(low=0, high=0))

    assert messages(RANGE, negative) == ["morning: minCapacity -1 < 0. A minCapacity of 2 passes."]
    assert messages(RANGE, nothing)[0].endswith(
        "The largest max that fits 20 connections a task is 9."
    )


def test_bounds_of_other_services_are_theirs() -> None:
    """A DynamoDB table may have a capacity of 0."""
    assert judged(lambda: target(low=0, high=0, namespace="dynamodb"), config=FOREIGN) == []
    assert judged(lambda: schedule(low=5, high=1, namespace="rds"), config=FOREIGN) == []


def test_an_unknown_bound_is_a_violation() -> None:
    """A bound that no preview knows cannot be put in order, in a foreign program either."""
    found = judged(lambda: target(low=unknown(int)), config=FOREIGN)

    assert fired(found) == {(RANGE, "web"), (FLOOR, "web")}
    assert all("minCapacity is not known before the update" in each.message for each in found)
