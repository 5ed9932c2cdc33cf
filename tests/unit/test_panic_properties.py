"""Over random states: a panic and its resume leave everything as it was, killed or not."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ops.panic import in_force, panic, resume
from tests.support.fake_scaled import FREE, SUSPENDED, SWITCHES, FakeScaled, KilledError, at_once

__all__ = ["at_once"]
counts = st.integers(0, 12)
calls = st.integers(0, 16)
suspensions = st.fixed_dictionaries(dict.fromkeys(SWITCHES, st.booleans()))


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """A desired count within the bounds; anywhere where all scaling is suspended by hand."""
    low, high = sorted(draw(st.tuples(counts, counts)))
    state = draw(suspensions)
    target = {"MinCapacity": low, "MaxCapacity": high, "SuspendedState": state}
    anywhere = state == SUSPENDED
    desired = draw(counts if anywhere else st.integers(low, high))
    return {"desired": desired, "target": draw(st.sampled_from([target, target, None]))}


def fix(aws: FakeScaled, count: int) -> None:
    panic(aws.reached(), count, force=True, say=lambda _: None)


def back(aws: FakeScaled) -> None:
    resume(aws.reached(), say=lambda _: None)


def killed(aws: FakeScaled, command: Any, call: int) -> bool:
    """Whether *command* died before its *call*-th call; it ends by itself where it has fewer."""
    aws.killed_at(call)
    try:
        command()
    except KilledError:
        return True
    finally:
        aws.alive()
    return False


@given(before=states(), steps=st.lists(st.one_of(counts, st.none()), max_size=6))
def test_round_trips(before: dict[str, Any], steps: list[int | None]) -> None:
    """S0-22: after any panics and resumes in any order, a resume leaves all as it was at first."""
    aws = FakeScaled(**deepcopy(before))
    for step in steps:
        if step is None:
            back(aws)
        else:
            fix(aws, step)
            assert aws.desired == step
            assert aws.target is None or aws.target["SuspendedState"] == SUSPENDED
    back(aws)
    assert aws.state() == (before["desired"], before["target"], {})


@given(before=states(), count=counts, call=calls)
@example(before={"desired": 3, "target": None}, count=1, call=4)
def test_a_panic_killed_anywhere_and_run_again(
    before: dict[str, Any], count: int, call: int
) -> None:
    """S0-22: the second run ends as one that was not killed, and resume goes back to the start."""
    aws, other = FakeScaled(**deepcopy(before)), FakeScaled(**deepcopy(before))
    fix(other, count)
    aws.aws.reset(aws)
    killed(aws, lambda: fix(aws, count), call)
    fix(aws, count)
    assert aws.state() == other.state()
    back(aws)
    assert aws.state() == (before["desired"], before["target"], {})


@given(before=states(), count=counts, call=calls)
def test_a_panic_killed_anywhere_and_resumed(before: dict[str, Any], count: int, call: int) -> None:
    """S0-22: half a panic goes back too."""
    aws = FakeScaled(**deepcopy(before))
    killed(aws, lambda: fix(aws, count), call)
    back(aws)
    assert aws.state() == (before["desired"], before["target"], {})


@given(before=states(), count=counts, call=calls)
def test_a_resume_killed_anywhere_and_run_again(
    before: dict[str, Any], count: int, call: int
) -> None:
    """S0-22: the second run ends what the first began."""
    aws = FakeScaled(**deepcopy(before))
    fix(aws, count)
    killed(aws, lambda: back(aws), call)
    back(aws)
    assert aws.state() == (before["desired"], before["target"], {})


@given(before=states(), counts=st.tuples(counts, counts), call=calls)
def test_a_second_panic_killed_anywhere(
    before: dict[str, Any], counts: tuple[int, int], call: int
) -> None:
    """S0-22: another count, killed on its way, loses nothing of what there was."""
    aws = FakeScaled(**deepcopy(before))
    fix(aws, counts[0])
    killed(aws, lambda: fix(aws, counts[1]), call)
    assert in_force(aws.reached()) is not None
    back(aws)
    assert aws.state() == (before["desired"], before["target"], {})


@given(before=states(), count=counts, call=calls, bounds=st.tuples(counts, counts))
def test_what_moved_since_a_kill_is_left(
    before: dict[str, Any], count: int, call: int, bounds: tuple[int, int]
) -> None:
    """S0-22: an update or a schedule set bounds and load the count: resume takes none of it."""
    assume(before["target"] and before["target"]["SuspendedState"] != SUSPENDED)
    aws = FakeScaled(**deepcopy(before))
    killed(aws, lambda: fix(aws, count), call)
    assert aws.target
    by_hand, now = before["target"]["SuspendedState"], aws.target["SuspendedState"]
    moved = {"MinCapacity": min(bounds), "MaxCapacity": max(bounds)}
    aws.target = moved | {"SuspendedState": FREE if now == SUSPENDED else now}
    aws.desired = max(bounds)
    back(aws)
    assert aws.state() == (max(bounds), moved | {"SuspendedState": by_hand}, {})


@given(before=states(), count=counts, call=calls, bounds=st.tuples(counts, counts))
def test_what_moved_since_a_killed_resume_is_left(
    before: dict[str, Any], count: int, call: int, bounds: tuple[int, int]
) -> None:
    """S0-22: scaling that had the service back, and moved it, keeps it at the second resume."""
    aws = FakeScaled(**deepcopy(before))
    fix(aws, count)
    killed(aws, lambda: back(aws), call)
    assume(aws.target and aws.target["SuspendedState"] != SUSPENDED)
    assert aws.target
    aws.target |= {"MinCapacity": min(bounds), "MaxCapacity": max(bounds)}
    aws.desired = max(bounds)
    moved = deepcopy(aws.target)
    back(aws)
    assert aws.state() == (max(bounds), moved, {})


@pytest.mark.parametrize("command", ["panic", "resume"])
def test_every_call_is_reached(command: str) -> None:
    """S0-22: the kills above hit each call of a whole run, and no run has more."""
    aws = FakeScaled(target={"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": FREE})
    if command == "resume":
        fix(aws, 1)
    begun = len(aws.aws.calls)
    if command == "panic":
        fix(aws, 1)
    else:
        back(aws)
    assert 6 <= len(aws.aws.calls) - begun <= 16
