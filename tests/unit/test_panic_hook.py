"""An update that began before a panic, and has just set the bounds: the panic is fixed again."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import panic_hook
from ops.panic import panic, resume
from tests.support.fake_aws import Refusal
from tests.support.fake_scaled import (
    FREE,
    NAME,
    PARAMETER,
    SUSPENDED,
    SWITCHES,
    FakeScaled,
    at_once,
    fixed,
    resumed,
)

__all__ = ["at_once"]
REACH = {"account": "123456789012", "region": "eu-west-1", "profile": "", "roleArn": ""}
DAMAGED_COUNTS = ('"x"', "null", "-1", "1.5", "true", "Infinity")
ARGS = pulumi.ResourceHookArgs("urn", "id", "target", "type")


def updated(aws: FakeScaled, low: int, high: int) -> None:
    """What AWS's provider sends for other bounds: all that the program says of the target."""
    scaled = aws.reached().scaled
    scaled.register(MinCapacity=low, MaxCapacity=high, SuspendedState=dict(FREE))


def after(aws: FakeScaled) -> str | None:
    return panic_hook.fix("staging", aws.reached().scaled)


def test_a_panic_that_the_update_has_undone_is_fixed_again() -> None:
    """S0-22: 1 task and all suspended, though the update has just set 2 to 4 and lifted that."""
    aws = FakeScaled(desired=2)
    fixed(aws, 1)
    updated(aws, 2, 4)
    assert (aws.desired, aws.target and aws.target["SuspendedState"]) == (2, FREE)
    assert after(aws) == (
        "A panic is in force since 2026-01-05T12:00:00Z: arn:aws:iam::123456789012:user/deploy "
        "fixed 1 tasks. It began during this update, whose bounds stand; scaling is suspended "
        "again, and the desired count 1. Next: `evenkeel resume staging` (with --sandbox there) "
        "once it is over: that puts back the bounds of before the panic, and names the `up` that "
        "brings the stage's."
    )
    assert aws.desired == 1
    assert aws.target == {"MinCapacity": 2, "MaxCapacity": 4, "SuspendedState": SUSPENDED}
    said = resumed(aws, **{"capacity.min": 2, "capacity.max": 4, "database.connectionsPerTask": 5})
    assert aws.target == {"MinCapacity": 1, "MaxCapacity": 8, "SuspendedState": FREE}
    assert "The stage asks for 2 to 4 tasks now. Next: pulumi up --stack staging --refresh" in said


@pytest.mark.parametrize("parameters", [{}, {f"{PARAMETER}s": "{}"}])
def test_without_a_panic_the_update_stands(parameters: dict[str, str]) -> None:
    """S0-22: nothing is set, and nothing said, where the stage's own parameter is not there."""
    aws = FakeScaled(parameters=parameters)
    before = deepcopy(aws.target)
    assert after(aws) is None
    assert (aws.desired, aws.target, aws.registrations) == (3, before, [])


@pytest.mark.parametrize(
    "record",
    ["", "[]", '{"at": 1}', *(f'{{"at": 1, "by": 2, "count": {n}}}' for n in DAMAGED_COUNTS)],
)
def test_a_damaged_record_suspends_and_leaves_the_count(record: str) -> None:
    """S0-22: what cannot be read holds all the same."""
    aws = FakeScaled(parameters={PARAMETER: record})
    said = after(aws) or ""
    assert said.startswith("A panic is in force, whose record cannot be read. It began during ")
    assert "suspended again. Next: " in said
    assert (aws.desired, aws.target and aws.target["SuspendedState"]) == (3, SUSPENDED)


def test_a_change_under_way_is_waited_out() -> None:
    """S0-22: the update's own change of the target may still be pending."""
    aws = FakeScaled()
    fixed(aws, 1)
    updated(aws, 2, 4)
    aws.busy = 3
    assert after(aws) is not None
    assert (aws.busy, aws.desired) == (0, 1)


def test_what_aws_refuses_is_said_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-22: an update that cannot fix a panic again fails, and says how it is fixed."""
    aws = FakeScaled()
    fixed(aws, 1)

    def refuse(**_asked: Any) -> dict[str, Any]:
        raise Refusal("AccessDeniedException", "not yours")

    monkeypatch.setattr(aws, "register_scalable_target", refuse)
    monkeypatch.setattr(panic_hook, "connect", lambda _reach: aws.aws.account)
    with pytest.raises(panic_hook.PanicUndoneError) as caught:
        panic_hook.fixing_again("staging", NAME, REACH)(ARGS)
    first, last = str(caught.value).splitlines()
    assert first.startswith("The bounds are set. If a panic began during this update, it is undone")
    assert "AccessDeniedException" in first
    assert last == (
        "Next: `evenkeel status staging`, and `evenkeel panic staging --count N` again if there is "
        "one; then run the same update again."
    )


def test_the_hook_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-22: the update's own output tells of the panic, once, and of none where there is none."""
    aws = FakeScaled()
    said: list[str] = []
    monkeypatch.setattr(panic_hook, "connect", lambda _reach: aws.aws.account)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    hook = panic_hook.fixing_again("staging", NAME, REACH)
    hook(ARGS)
    assert said == []
    fixed(aws, 1)
    hook(ARGS)
    assert [each.partition(" since ")[0] for each in said] == ["A panic is in force"]


counts = st.integers(0, 12)


@given(
    bounds=st.tuples(counts, counts).map(sorted),
    new=st.tuples(counts, counts).map(sorted),
    state=st.fixed_dictionaries(dict.fromkeys(SWITCHES, st.booleans())),
    count=counts,
)
def test_panic_update_resume(
    bounds: list[int], new: list[int], state: dict[str, bool], count: int
) -> None:
    """S0-22: whatever an update sets during a panic, the panic holds and resume puts all back."""
    target: dict[str, Any] = {
        "MinCapacity": bounds[0], "MaxCapacity": bounds[1], "SuspendedState": state,
    }  # fmt: skip
    aws = FakeScaled(desired=bounds[0], target=deepcopy(target))
    panic(aws.reached(), count, force=True, say=lambda _: None)
    updated(aws, *new)
    after(aws)
    assert (aws.desired, aws.target and aws.target["SuspendedState"]) == (count, SUSPENDED)
    resume(aws.reached(), say=lambda _: None)
    assert aws.state() == (bounds[0], target, {})
