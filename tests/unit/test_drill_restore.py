"""Whatever ends a drill, it puts back what it found; and it leaves alone what is in other hands."""

import json
import re
import signal
from typing import Any

import pytest

from ops.errors import OpsError
from tests.support.drilling import CHANGES, MOST, SWITCHES, at, aws, drilled, stage
from tests.support.fake_drilled import ALL_ON, FakeStage

__all__ = ["aws", "stage"]

IN_SANDBOX = (
    "AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=sandbox "
    "aws --region eu-west-1 --endpoint-url http://127.0.0.1:9"
)
PANIC = json.dumps(
    {
        "at": "2026-01-05T11:00:00Z",
        "by": "arn:aws:iam::123456789012:user/night",
        "count": 4,
        "forced": False,
        "was": {
            "desiredCount": 1,
            "target": {"MinCapacity": 1, "MaxCapacity": 3, "SuspendedState": ALL_ON},
        },
    }
)


def test_everything_found_is_put_back(stage: FakeStage) -> None:
    """S0-20: bounds, suspended state and desired count end as they were; the load is over."""
    before = stage.state
    assert drilled(stage)[0]
    assert stage.state == before == (2, (2, 5), SWITCHES)
    assert stage.load.stopped == 1
    first, *_, last = stage.aws.called("register_scalable_target")
    assert (first["MinCapacity"], first["MaxCapacity"]) == (1, MOST)
    assert first["SuspendedState"]["ScheduledScalingSuspended"]
    assert (last["MinCapacity"], last["MaxCapacity"]) == (2, 5)


def test_an_error_anywhere_puts_back_what_was_found(stage: FakeStage) -> None:
    """S0-20: calls that break all the way from the first change on leave nothing behind."""

    def broken() -> None:
        raise RuntimeError("broken")

    for number in _moments(stage)[::4]:
        at(stage.aws, number, broken)
        before = stage.state
        with pytest.raises(RuntimeError, match="broken"):
            drilled(stage)
        assert stage.state == before, f"call {number}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_anywhere_puts_back_what_was_found(
    stage: FakeStage, number: signal.Signals
) -> None:
    """S0-20: Ctrl-C or a kill ends the drill early, exit status 3, and never half-way.

    A second one, while it puts back, does not keep it from that.
    """
    for moment in _moments(stage)[::9]:
        handler = signal.getsignal(number)

        def again(operation: str) -> None:
            if operation in CHANGES:
                signal.raise_signal(number)

        def pressed() -> None:
            signal.raise_signal(number)
            stage.aws.before = again

        at(stage.aws, moment, pressed)
        before = stage.state
        with pytest.raises(OpsError, match=f"ended early by {number.name}") as stopped:
            drilled(stage)
        assert stopped.value.status == 3
        assert stage.state == before, f"call {moment}"
        assert signal.getsignal(number) == handler


def test_a_restore_that_fails_says_what_to_put_back(stage: FakeStage) -> None:
    """S0-20: where AWS refuses the restore, the message has commands that act in the sandbox.

    The same commands on the environment's account would change the real stage.
    """
    stage.registrations = 1
    with pytest.raises(OpsError, match="could not put back") as failed:
        drilled(stage)
    assert failed.value.status == 3
    *_, register, update = str(failed.value).splitlines()
    assert register.startswith(f"  {IN_SANDBOX} application-autoscaling register-scalable-target ")
    assert "--min-capacity 2 --max-capacity 5" in register
    assert "ScheduledScalingSuspended=true" in register
    assert update.startswith(f"  {IN_SANDBOX} ecs update-service ")
    assert "--desired-count 2" in update


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"exists": False}, "make up STAGE=staging"),
        ({"deploying": True}, "A deployment is in progress"),
        ({"panic": PANIC}, "fixed 4.\nNext: end it (evenkeel resume staging --sandbox)"),
        ({"panic": "{"}, "the record of the panic"),
        ({"suspended": {**ALL_ON, "DynamicScalingInSuspended": True}}, "staging REFRESH=1"),
    ],
)
def test_a_stage_in_other_hands_is_left_alone(
    stage: FakeStage, wrong: dict[str, Any], says: str
) -> None:
    """S0-20: a missing stage, a deployment or a panic is a finding, and nothing is changed."""
    for name, value in wrong.items():
        setattr(stage, name, value)
    with pytest.raises(OpsError, match=re.escape(says)) as refused:
        drilled(stage)
    assert refused.value.status == (3 if stage.panic == "{" else 1)
    assert not any(stage.aws.called(operation) for operation in CHANGES)


@pytest.mark.parametrize("suspends", [True, False])
def test_a_panic_meanwhile_ends_the_drill(stage: FakeStage, suspends: bool) -> None:
    """S0-20: its count and suspension stay, and its record has what was there before the drill.

    One that was killed before it suspended anything keeps nothing from being put back.
    """
    moments = _moments(stage)

    def begin() -> None:
        stage.panic = PANIC
        if suspends:
            stage.suspended, stage.desired = dict.fromkeys(ALL_ON, True), 4

    before = stage.state
    at(stage.aws, moments[len(moments) // 2], begin)
    with pytest.raises(OpsError, match="evenkeel resume staging --sandbox"):
        drilled(stage)
    assert stage.panic is not None
    was = json.loads(stage.panic)["was"]
    assert was["desiredCount"] == 2
    assert was["target"] == {"MinCapacity": 2, "MaxCapacity": 5, "SuspendedState": SWITCHES}
    left = (4, (1, MOST), dict.fromkeys(ALL_ON, True))
    assert stage.state == (left if suspends else before)


def test_a_panic_before_the_load_ends_the_drill(stage: FakeStage) -> None:
    """S0-20: scaling is not released over a panic that began while the tasks came to rest."""
    register = "register_scalable_target"
    names, done = [name for name, _ in _calls(stage)], len(stage.aws.called(register))
    hold = names.index(register)

    def begin() -> None:
        stage.panic = PANIC

    at(stage.aws, names.index(register, hold + 1), begin)  # at the last call before the release
    with pytest.raises(OpsError, match="evenkeel resume staging --sandbox"):
        drilled(stage)
    assert len(stage.aws.called(register)) == done + 1  # the hold
    assert stage.suspended == dict.fromkeys(ALL_ON, True)
    assert json.loads(stage.panic or "")["was"]["desiredCount"] == 2


def _calls(stage: FakeStage) -> list[tuple[str, dict[str, Any]]]:
    """Those of a whole drill."""
    start = len(stage.aws.calls)
    assert drilled(stage)[0]
    return stage.aws.calls[start:]


def _moments(stage: FakeStage) -> list[int]:
    """The calls of a whole drill between its first change and its restore."""
    names = [name for name, _ in _calls(stage)]
    changes = [number for number, name in enumerate(names, 1) if name in CHANGES]
    return [*range(changes[1] + 1, changes[-2])]
