"""Which counts a panic sets, and which only with --force."""

from typing import Any

import pytest

from infra.capacity import MOST_TASKS
from ops.errors import OpsError
from ops.panic import in_force, panic
from ops.panic_count import check
from tests.support.fake_scaled import FakeScaled, at_once
from tests.support.stages import changed, shipped

__all__ = ["at_once"]
WIDE = {"capacity.max": 4, "database.connectionsPerTask": 5}


def asked(stage: str, count: int, changes: dict[str, Any], *, force: bool = False) -> list[str]:
    """What is said of a count that passes, the first line being whether force was needed."""
    said: list[str] = []
    forced = check(changed(shipped(stage), changes), count, force=force, say=said.append)
    return [str(forced), *said]


def refused(stage: str, count: int, changes: dict[str, Any]) -> str:
    with pytest.raises(OpsError) as caught:
        asked(stage, count, changes)
    assert caught.value.status == 2
    return str(caught.value)


@pytest.mark.parametrize(("stage", "count"), [("production", 2), ("staging", 1), ("staging", 4)])
def test_from_the_floor_to_the_highest_max_a_count_passes(stage: str, count: int) -> None:
    """S3-12: 2 in production, 1 elsewhere, need no force, and force that is not needed is none."""
    for force in (False, True):
        assert asked(stage, count, WIDE, force=force) == ["False"]


@pytest.mark.parametrize(
    ("stage", "count", "words"),
    [
        ("production", 1, "the floor of tier production is 2. The loss of one stops the service."),
        ("production", 0, "the floor of tier production is 2. No task would serve at all."),
        ("staging", 0, "the floor of tier staging is 1. No task would serve at all."),
        ("staging", 5, "the most that the stage and its schedules ask for is 4."),
    ],
)
def test_outside_of_it_a_count_needs_force(stage: str, count: int, words: str) -> None:
    """S3-12, S0-22: below the floor or above the highest max, the message says why."""
    message = refused(stage, count, WIDE)
    assert message.startswith(f"--count {count}: {words}")
    assert message.endswith(f"add --force, which sets {count} all the same and is recorded.")
    assert asked(stage, count, WIDE, force=True) == ["True", f"--force: {words}"]


def test_the_database_is_summed_up() -> None:
    """S0-11, S0-12: the message has the connection sums, at rest and in a deployment."""
    message = refused("staging", 7, {"capacity.max": 2})
    assert (
        "The database does not take it at rest: 7 tasks × 10 connections + 10 reserved = 80, "
        "limit 78, 2 too many." in message
    )
    assert "during a deployment: 14 tasks × 10" in message
    assert "Next: choose 1 to 2, or add --force" in message


@pytest.mark.parametrize("count", [-1, MOST_TASKS + 1])
def test_what_ecs_does_not_run_is_refused_with_force_too(count: int) -> None:
    """S0-22: a count that is none is wrong use, whatever the flag."""
    with pytest.raises(OpsError, match=f"allowed are 0 to {MOST_TASKS} tasks") as caught:
        asked("staging", count, WIDE, force=True)
    assert caught.value.status == 2


def test_force_is_recorded() -> None:
    """S3-12: the record says that a count was forced, until one comes that was not."""
    aws = FakeScaled(desired=3)
    for count, forced in ((0, True), (1, False)):
        panic(aws.reached(), count, force=True, say=print)
        found = in_force(aws.reached())
        assert found is not None
        assert (found["count"], found["forced"], aws.desired) == (count, forced, count)


def test_without_force_nothing_is_called() -> None:
    """S3-12: a refused count has changed and asked nothing."""
    aws = FakeScaled(desired=3)
    calls = len(aws.aws.calls)
    with pytest.raises(OpsError):
        panic(aws.reached(), 0, force=False, say=print)
    assert len(aws.aws.calls) == calls
