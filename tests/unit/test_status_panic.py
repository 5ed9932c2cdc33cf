"""What `evenkeel status` says of a panic: what holds of it, and what does not."""

from typing import Any

import pytest

from ops import panic, status
from tests.support.fake_scaled import SUSPENDED
from tests.support.fake_service import HTTP, WEBSOCKET
from tests.support.fake_stage import FakeStage, stage_of
from tests.support.stages import shipped

SINCE = "since 2026-01-05T11:00:00Z"
END = "end it: evenkeel resume staging"
AGAIN = "evenkeel panic staging --count 6"
BOUNDS = "the bounds 1 to 5 are not what the stage file says: 1 to 2 are due by base"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> FakeStage:
    """Staging in a panic at 6 tasks that holds, with bounds that are not due any more."""
    found = stage_of(shipped("staging"))
    recorded(monkeypatch)
    found.suspended, found.bounds = dict(SUSPENDED), (1, 5)
    found.desired = found.running = 6
    well = {"TargetHealth": {"State": "healthy"}}
    for group in (HTTP, WEBSOCKET):
        found.health[group] = [{"Target": {"Id": f"10.0.0.{n}"}, **well} for n in range(6)]
    return found


def recorded(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    """A record of a panic at 6 tasks."""
    record = {"at": "2026-01-05T11:00:00Z", "by": "arn:aws:iam::1:user/ann", "count": 6}
    monkeypatch.setattr(panic, "in_force", lambda _: {**record, "forced": False, **more})


def test_a_panic_that_holds_is_a_finding_with_the_way_out(stage: FakeStage) -> None:
    """S0-22: since when and how many; its suspension explains the bounds."""
    found = stage.report()
    assert found["findings"] == [
        f"a panic is in force {SINCE}: scaling is suspended at 6 tasks; {END}"
    ]
    assert found["bounds"]["why"] == "kept by the panic; 1 to 2 are due by base"


@pytest.mark.parametrize(
    ("suspended", "which"),
    [
        ({}, "scaling is not suspended"),
        ({"ScheduledScalingSuspended": True}, "only scheduled is suspended"),
    ],
)
def test_a_panic_whose_suspension_is_lifted_is_said(
    stage: FakeStage, suspended: dict[str, bool], which: str
) -> None:
    """S0-22: an update under way undid it; what brings it back, and nothing excuses the bounds."""
    stage.suspended = suspended
    stage.desired = stage.running = 2
    found = stage.report()
    assert found["findings"] == [
        f"a panic is recorded {SINCE}, but {which}: {AGAIN}, or {END}",
        f"the desired count is 2, not the panic's 6: {AGAIN}",
        f"{BOUNDS}; before an update brings them: evenkeel resume staging",
    ]
    assert status.exit_status(found) == 1


def test_a_forced_panic_is_forced_again(stage: FakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command in the finding is taken as it stands."""
    recorded(monkeypatch, forced=True)
    stage.suspended = {}
    assert f"{AGAIN} --force, or {END}" in stage.report()["findings"][0]


def test_a_count_that_somebody_changed_in_a_panic_is_said(stage: FakeStage) -> None:
    """S0-22: scaling stays suspended, and the count is not what the record says."""
    stage.desired = stage.running = 5
    assert stage.report()["findings"] == [
        f"a panic is in force {SINCE}: scaling is suspended; {END}",
        f"the desired count is 5, not the panic's 6: {AGAIN}",
    ]


def test_a_panic_at_less_than_the_minimum_has_its_count(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S0-22: 0 of at least 1 is what was asked for, with --force."""
    recorded(monkeypatch, count=0, forced=True)
    stage.desired = stage.running = 0
    assert stage.report()["findings"] == [
        f"a panic is in force {SINCE}: scaling is suspended at 0 tasks; {END}"
    ]


def test_a_panic_without_a_scalable_target_suspends_nothing(stage: FakeStage) -> None:
    """It has fixed the count all the same."""
    stage.bounds = None
    assert stage.report()["findings"] == [
        f"a panic is in force {SINCE} at 6 tasks; {END}",
        "nothing scales the service: it has no scalable target",
    ]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("describe_scalable_targets", f"a panic is in force {SINCE} at 6 tasks; {END}"),
        ("describe_services", f"a panic is in force {SINCE}: scaling is suspended; {END}"),
    ],
)
def test_what_cannot_be_told_of_a_panic_is_not_said(
    stage: FakeStage, operation: str, expected: str
) -> None:
    """Neither that it holds nor that it does not."""
    stage.refused[operation] = "AccessDenied"
    assert stage.report()["findings"] == [expected]


def test_a_record_that_cannot_be_read_is_not_no_panic(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suspension and the bounds may be a panic's: no update is advised; status 3."""
    monkeypatch.undo()
    stage.refused["get_parameter"] = "AccessDeniedException"
    found = stage.report()
    assert found["findings"] == [
        "scaling is suspended: out, in, scheduled; whether by a panic cannot be told",
        f"{BOUNDS}; whether by a panic cannot be told",
    ]
    assert status.exit_status(found) == 3
