"""Somebody else's whole command at every call of a panic or a resume."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ops.errors import OpsError
from ops.panic import in_force, panic, resume
from tests.support.fake_scaled import FREE, SUSPENDED, FakeScaled, at_once

__all__ = ["at_once"]
CALLS = range(18)  # more than either makes


def scaled() -> FakeScaled:
    """3 tasks of 2 to 8, of which somebody has suspended scaling in."""
    state = FREE | {"DynamicScalingInSuspended": True}
    target = {"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": state}
    return FakeScaled(desired=3, target=target)


def fix(aws: FakeScaled, count: int) -> None:
    panic(aws.reached(), count, force=True, say=lambda _: None)


def back(aws: FakeScaled) -> None:
    resume(aws.reached(), say=lambda _: None)


def interrupted(aws: FakeScaled, call: int, first: Callable[[], None], other: Any) -> None:
    """Runs *first* with *other* in the midst of it; what either says is in the way is no matter."""

    def quietly() -> None:
        with suppress(OpsError):
            other()

    aws.interrupted_at(call, quietly)
    with suppress(OpsError):
        first()
    aws.alive()


@pytest.mark.parametrize("call", CALLS)
def test_a_panic_in_a_panic(call: int) -> None:
    """S0-22: one of the two counts, all suspended, and resume goes back to before both."""
    aws = scaled()
    before = aws.state()
    interrupted(aws, call, lambda: fix(aws, 1), lambda: fix(aws, 5))
    assert aws.desired in (1, 5)
    assert aws.target
    assert aws.target["SuspendedState"] == SUSPENDED
    assert in_force(aws.reached())
    back(aws)
    assert aws.state() == before


@pytest.mark.parametrize("call", CALLS)
def test_a_resume_in_a_panic(call: int) -> None:
    """S0-22: suspended with a record, or as before without one; never suspended without one."""
    aws = scaled()
    before = aws.state()
    interrupted(aws, call, lambda: fix(aws, 1), lambda: back(aws))
    if in_force(aws.reached()) is None:
        assert aws.state() == before
    back(aws)
    assert aws.state() == before


@pytest.mark.parametrize("call", CALLS)
def test_a_panic_in_a_resume(call: int) -> None:
    """S0-22: the record outlives a resume that it did not belong to, and leads back."""
    aws = scaled()
    before = aws.state()
    fix(aws, 1)
    interrupted(aws, call, lambda: back(aws), lambda: fix(aws, 5))
    if in_force(aws.reached()) is None:
        assert aws.state() == before
    back(aws)
    assert aws.state() == before


@pytest.mark.parametrize("call", CALLS)
def test_a_resume_in_a_resume(call: int) -> None:
    """S0-22: both put back the same, and neither fails."""
    aws = scaled()
    before = aws.state()
    fix(aws, 1)
    interrupted(aws, call, lambda: back(aws), lambda: back(aws))
    assert aws.state() == before
