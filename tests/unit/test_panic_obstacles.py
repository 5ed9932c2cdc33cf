"""What gets in the way of a panic: activities under way, refusals, Ctrl-C."""

import itertools
from typing import Any

import pytest

from ops.panic_scaling import LOOKS
from tests.support.fake_aws import Refusal
from tests.support.fake_scaled import FakeScaled, at_once, failed, fixed, resumed

__all__ = ["at_once"]


def set_by_an_activity(aws: FakeScaled, counts: dict[int, int]) -> None:
    """An activity sets the count after ECS was looked at for the so manieth time, from 0."""
    looks = itertools.count()

    def after() -> None:
        aws.desired = counts.get(next(looks), aws.desired)

    aws.after_look = after


@pytest.mark.parametrize("look", range(LOOKS - 1))
def test_a_scaling_activity_under_way_is_answered_once(look: int) -> None:
    """S0-22: what sets the count a few looks after panic is seen, and overruled."""
    aws = FakeScaled(desired=3)
    set_by_an_activity(aws, {1 + look: 5})  # the first look is before anything
    fixed(aws, 1)
    assert (aws.desired, len(aws.aws.called("update_service"))) == (1, 2)


def test_a_count_that_is_set_again_and_again_is_told() -> None:
    """S0-22: where the second attempt does not hold either, panic says so; status 1."""
    aws = FakeScaled(desired=3)
    set_by_an_activity(aws, dict.fromkeys(range(1, 99), 5))
    status, message = failed(fixed, aws, 1)
    assert (status, message.splitlines()[0]) == (
        1, "The desired count is 5 again, not 1: something else sets it too.",
    )  # fmt: skip


def test_a_change_pending_at_the_target_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-22: ConcurrentUpdateException, as beside a deploy, is asked again; for ever it is told."""
    pauses: list[float] = []
    monkeypatch.setattr("ops.panic_scaling.time.sleep", pauses.append)
    aws = FakeScaled(busy=3)
    fixed(aws, 1)
    assert (aws.desired, len(pauses)) == (1, 3 + LOOKS - 1)
    status, message = failed(fixed, FakeScaled(busy=99), 1)
    assert status == 3
    assert "ConcurrentUpdateException" in message


def test_what_aws_refuses_is_said_with_what_is_done() -> None:
    """S0-22: AWS's own words, what has been done, and that the same command goes on; status 3."""
    aws = FakeScaled()

    def refuse(**_: Any) -> dict[str, Any]:
        raise Refusal("AccessDeniedException", "not authorized to perform: ecs:UpdateService")

    aws.update_service = refuse  # type: ignore[method-assign, assignment]
    status, message = failed(fixed, aws, 1)
    assert status == 3
    assert "not authorized to perform: ecs:UpdateService" in message
    assert "the same command again takes it up from there" in message


@pytest.mark.parametrize("command", [fixed, resumed])
def test_ctrl_c_says_where_things_stand(command: Any) -> None:
    """S0-22: no trace and no silence: status 3, and how to go on or back."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)

    def pressed(operation: str) -> None:
        if operation == "update_service":
            raise KeyboardInterrupt

    aws.aws.before = pressed
    status, message = failed(command, aws, *([2] if command is fixed else []))
    assert status == 3
    assert "Interrupted. What is said above is done and stays" in message
    assert "run the same command again, or `evenkeel resume staging` to go back" in message
