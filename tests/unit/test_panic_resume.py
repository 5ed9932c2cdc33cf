"""`evenkeel resume`: what it puts back, and what it leaves alone."""

from datetime import timedelta

import pytest

from infra.scaled_service import TRIES
from tests.support.fake_aws import NOON
from tests.support.fake_scaled import (
    FREE,
    PARAMETER,
    SUSPENDED,
    FakeScaled,
    at_once,
    failed,
    fixed,
    resumed,
)

__all__ = ["at_once"]


def test_resume_puts_back_and_takes_the_record_away() -> None:
    """S0-22: count, bounds and suspensions are as before, and a second resume changes nothing."""
    aws = FakeScaled(desired=3)
    before = aws.state()
    fixed(aws, 1)
    said = resumed(aws)
    assert aws.state() == before
    assert said.splitlines()[1:] == [
        "A panic is in force since 2026-01-05T12:00:00Z: arn:aws:iam::123456789012:user/deploy "
        "fixed 1. Before it: desired count 3, MinCapacity 1, MaxCapacity 8, nothing suspended.",
        "Desired count 3, was 1.",
        "Scaling is as before: desired count 3, MinCapacity 1, MaxCapacity 8, nothing suspended.",
        "The panic is over; its record is deleted.",
        "The stage asks for 1 to 2 tasks now. Next: pulumi up --stack staging --refresh, "
        "which brings these bounds.",
    ]
    calls = len(aws.aws.calls)
    assert "No panic is in force: nothing to put back." in resumed(aws)
    assert {name for name, _ in aws.aws.calls[calls:]} == {
        "get_parameter", "describe_scalable_targets",
    }  # fmt: skip


def test_a_hand_made_suspension_comes_back() -> None:
    """S0-22: what somebody had suspended before the panic is suspended after it, count and all."""
    aws = FakeScaled(desired=0)
    aws.target = {"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": SUSPENDED}
    before = aws.state()
    assert "Scaling is suspended already." in fixed(aws, 4)
    resumed(aws)
    assert (aws.state(), aws.registrations) == (before, [])


def test_bounds_changed_during_a_panic_go_back() -> None:
    """S0-22: bounds set by hand meanwhile, and a count set by hand below the minimum before it."""
    aws = FakeScaled(desired=0)
    aws.target = {"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": SUSPENDED}
    before = aws.state()
    fixed(aws, 4)
    aws.target = aws.target | {"MinCapacity": 1, "MaxCapacity": 9}
    resumed(aws)
    assert aws.state() == before


def test_scaling_that_runs_again_keeps_its_count() -> None:
    """S0-22: a resume that was killed behind its last change deletes the record and no more."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)
    aws.target = {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": FREE}
    aws.desired = 6
    assert "Scaling is as it was before the panic, and has the count" in resumed(aws)
    assert (aws.desired, aws.parameters) == (6, {})


@pytest.mark.parametrize("is_suspended", [True, False])
def test_what_a_schedule_and_load_did_since_stays(is_suspended: bool) -> None:
    """S0-22: a panic that never suspended, or whose suspension an update lifted, takes nothing."""
    aws = FakeScaled(desired=3)
    if is_suspended:
        fixed(aws, 1)
    else:
        aws.busy = TRIES  # AWS refuses for ever
        failed(fixed, aws, 1)
    moved = {"MinCapacity": 4, "MaxCapacity": 8, "SuspendedState": FREE}
    aws.target, aws.desired = moved, 8
    changes = len(aws.registrations)
    said = resumed(aws)
    assert "left as they are, desired count 8, MinCapacity 4, MaxCapacity 8" in said
    assert (aws.state(), len(aws.registrations)) == ((8, moved, {}), changes)


def test_a_target_that_came_since_has_the_count() -> None:
    """S0-22: one that an update made during the panic, which nothing has suspended, scales."""
    aws = FakeScaled(desired=3, target=None)
    fixed(aws, 1)
    made = {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": FREE}
    aws.target, aws.desired = made, 6
    resumed(aws)
    assert (aws.state(), aws.registrations) == ((6, made, {}), [])


def test_a_suspension_by_hand_comes_back_alone() -> None:
    """S0-22: an update has lifted all: what was suspended by hand is again, bounds are left."""
    by_hand = FREE | {"DynamicScalingInSuspended": True}
    aws = FakeScaled(desired=3)
    aws.target = {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": by_hand}
    fixed(aws, 1)
    aws.target, aws.desired = aws.target | {"MinCapacity": 4, "SuspendedState": FREE}, 8
    said = resumed(aws)
    assert "As before the panic again: DynamicScalingInSuspended." in said
    assert said.endswith("which brings these bounds and lifts what is suspended by hand.")
    target = {"MinCapacity": 4, "MaxCapacity": 8, "SuspendedState": by_hand}
    assert aws.state() == (8, target, {})


def test_a_count_changed_by_somebody_goes_back_to_the_recorded() -> None:
    """S0-22: desired count of during the panic is nothing that resume keeps."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)
    aws.desired = 7
    resumed(aws)
    assert aws.desired == 3


def test_a_service_made_anew_is_left_alone() -> None:
    """S0-22: a stage destroyed and built again during a panic has nothing to put back."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)
    aws.target = {"MinCapacity": 2, "MaxCapacity": 4, "SuspendedState": FREE}
    aws.created_at, aws.desired = NOON + timedelta(minutes=1), 2
    assert "The service was made anew since the panic" in resumed(aws)
    assert (aws.desired, aws.registrations[1:], aws.parameters) == (2, [], {})


def test_a_target_that_is_gone_is_said() -> None:
    """S0-22: the count is put back, and the update that makes the target is named."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)
    aws.target = None
    assert "pulumi up --stack staging --refresh, which makes it anew" in resumed(aws)
    assert (aws.desired, aws.parameters) == (3, {})


@pytest.mark.parametrize("is_there", [True, False])
def test_a_service_deleted_meanwhile(is_there: bool) -> None:
    """S0-22: the record goes with the whole stage, and stays while a suspended target is left."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)
    aws.desired = None
    if is_there:
        status, message = failed(resumed, aws)
        assert (status, f"--name {PARAMETER}" in message) == (1, True)
    else:
        aws.target = None
        resumed(aws)
    assert (PARAMETER in aws.parameters) == is_there


def test_suspended_without_a_record_is_said() -> None:
    """S0-22: resume tells of a suspension that is no panic's, with the call that ends it."""
    aws = FakeScaled()
    aws.target = {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": SUSPENDED}
    call = "`aws --region eu-west-1 application-autoscaling register-scalable-target"
    assert call in resumed(aws)


@pytest.mark.parametrize(
    ("passed", "missed"),
    [(timedelta(hours=8), ""), (timedelta(hours=9), " Due during the panic: ")],
)
def test_what_waits_is_said(passed: timedelta, missed: str) -> None:
    """S0-22, S2-07: an edit of the stage, and a schedule that fell due while it was suspended."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)
    aws.aws.now = NOON + passed
    evening = {"name": "evening", "cron": "30 20 * * ? *", "timezone": "UTC", "min": 2, "max": 2}
    said = resumed(aws, **{"capacity.max": 2, "capacity.schedules": [evening]})
    due = f"{missed}evening at 2026-01-05T20:30:00Z." if missed else ""
    assert (
        f"The stage asks for 2 to 2 tasks now.{due} Next: pulumi up --stack staging --refresh, "
        "which brings these bounds." in said
    )


def test_nothing_waits_where_the_bounds_are_the_stages() -> None:
    """S0-22: bounds put back that are those of the stage leave nothing to say."""
    aws = FakeScaled(desired=2)
    aws.target = {"MinCapacity": 1, "MaxCapacity": 2, "SuspendedState": FREE}
    fixed(aws, 1)
    assert resumed(aws).endswith("The panic is over; its record is deleted.")
