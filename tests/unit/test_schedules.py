"""Bounds at a given time, and the actions that the stack registers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import Bounds
from infra.schedules import PlannedAction, bounds_at, next_changes, planned_actions
from infra.settings import Capacity
from tests.support.stages import changed, fixture, shipped

UNTIL = datetime(2026, 12, 1, 23, tzinfo=UTC)
MORNING = "cron(0 8 ? * MON-FRI *)"
NIGHT = "cron(0 22 ? * MON-FRI *)"


def production(*, event: bool = False) -> Capacity:
    return changed(shipped("production"), {"capacity.isScaledUp": event}).capacity


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "bounds"),
    [
        ("2026-11-25T07:59:59", Bounds(2, 6)),
        ("2026-11-25T08:00:00", Bounds(6, 20)),
        ("2026-11-25T21:59:59", Bounds(6, 20)),
        ("2026-11-25T22:00:00", Bounds(2, 6)),
        # Friday night's bounds last until Monday morning.
        ("2026-11-29T12:00:00", Bounds(2, 6)),
    ],
)
def test_bounds_follow_the_weekday_schedules(now: str, bounds: Bounds) -> None:
    """S2-07: 08:00 min 6 max 20, 22:00 min 2 max 6, on weekdays."""
    assert bounds_at(fixture("horizontal").capacity, at(now)) == bounds


def test_the_other_schedule_of_the_article() -> None:
    """S2-07: the second set, 4/20 and 2/8, is a stage of its own."""
    capacity = fixture("horizontal-nights").capacity
    assert bounds_at(capacity, at("2026-11-25T12:00")) == Bounds(4, 20)
    assert bounds_at(capacity, at("2026-11-25T23:00")) == Bounds(2, 8)


def test_event_holds_the_floor_through_every_schedule() -> None:
    """S3-17: on, no firing goes below the event's min; over, the schedules count again."""
    capacity = production(event=True)
    assert bounds_at(capacity, at("2026-11-25T23:00")) == Bounds(6, 8)
    assert bounds_at(capacity, at("2026-11-25T12:00")) == Bounds(6, 8)
    assert bounds_at(capacity, UNTIL) == Bounds(2, 8)


def test_an_event_that_is_off_changes_nothing() -> None:
    """scaledUp alone, with isScaledUp false, plans nothing."""
    now = at("2026-11-25T12:00")
    assert planned_actions(production(), now) == [
        PlannedAction("weekday-morning", MORNING, "UTC", Bounds(4, 8)),
        PlannedAction("weekday-night", NIGHT, "UTC", Bounds(2, 8)),
    ]


def test_event_is_planned_to_its_end_and_not_beyond() -> None:
    """S3-17: raised until the end, plain from the next firing on, and the bounds then due at once.

    No action starts at the end itself: it would be performed there, whatever its cron says.
    """
    morning, night = at("2026-12-02T08:00"), at("2026-12-02T22:00")
    assert planned_actions(production(event=True), at("2026-11-25T12:00")) == [
        PlannedAction("weekday-morning", MORNING, "UTC", Bounds(6, 8), end=UNTIL),
        PlannedAction("weekday-morning-after-event", MORNING, "UTC", Bounds(4, 8), start=morning),
        PlannedAction("weekday-night", NIGHT, "UTC", Bounds(6, 8), end=UNTIL),
        PlannedAction("weekday-night-after-event", NIGHT, "UTC", Bounds(2, 8), start=night),
        PlannedAction("event-end", "at(2026-12-01T23:00:00)", "UTC", Bounds(2, 8)),
    ]


def test_a_schedule_that_never_fires_again_is_not_planned_after_the_event() -> None:
    """S3-17: a cron whose last year ends with the event needs no action after it."""
    capacity = changed(
        shipped("production"),
        {"capacity.isScaledUp": True, "capacity.schedules[0].cron": "0 8 1 12 ? 2026"},
    ).capacity
    names = [action.name for action in planned_actions(capacity, at("2026-11-25T12:00"))]
    assert names == [
        "weekday-morning", "weekday-night", "weekday-night-after-event", "event-end",
    ]  # fmt: skip


def test_a_schedule_above_the_event_stays_one_action() -> None:
    """Only a minimum that the event raises is planned twice."""
    capacity = changed(
        shipped("production"),
        {"capacity.isScaledUp": True, "capacity.schedules[0].min": 7},
    ).capacity
    names = [action.name for action in planned_actions(capacity, at("2026-11-25T12:00"))]
    assert names == [
        "weekday-morning", "weekday-night", "weekday-night-after-event", "event-end",
    ]  # fmt: skip


def test_an_event_that_is_over_is_planned_no_more() -> None:
    """After until an `up` registers the plain schedules, even with the switch still on."""
    assert planned_actions(production(event=True), UNTIL) == planned_actions(production(), UNTIL)


def test_the_end_of_an_event_is_written_in_utc() -> None:
    """An end with another offset becomes the same instant in UTC."""
    capacity = changed(
        shipped("production"),
        {"capacity.isScaledUp": True, "capacity.scaledUp.until": "2026-12-02T00:30:00+01:30"},
    ).capacity
    assert planned_actions(capacity, at("2026-11-25T12:00"))[-1].expression == (
        "at(2026-12-01T23:00:00)"
    )


def test_next_changes_come_in_order_with_their_bounds() -> None:
    """Each schedule's next firing and the event's end, with what is in force from then on."""
    changes = next_changes(production(event=True), at("2026-12-01T21:00"))
    assert [(change.at, change.cause, change.bounds) for change in changes] == [
        (at("2026-12-01T22:00"), "weekday-night", Bounds(6, 8)),
        (UNTIL, "end of the event", Bounds(2, 8)),
        (at("2026-12-02T08:00"), "weekday-morning", Bounds(4, 8)),
    ]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.booleans())
def test_bounds_change_only_at_the_next_change(moment: datetime, event: bool) -> None:
    """Between now and the next change the bounds in force stay as they are."""
    capacity, now = production(event=event), moment.replace(tzinfo=UTC)
    bounds, first = bounds_at(capacity, now), next_changes(capacity, now)[0]
    assert bounds.min <= bounds.max <= capacity.highest_max
    assert first.at > now
    assert bounds_at(capacity, first.at - timedelta(microseconds=1)) == bounds
    assert bounds_at(capacity, first.at) == first.bounds
