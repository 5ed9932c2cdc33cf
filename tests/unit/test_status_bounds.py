"""The bounds in force beside those of the stage file, and why they are what they are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.settings import Capacity
from ops.status_bounds import bounds_of, due
from tests.support.stages import changed, shipped

# 2026-01-05 is a Monday; production has 4 to 8 from 08:00 to 22:00 on weekdays, 2 to 8 otherwise.
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
EVENT = {
    "capacity.isScaledUp": True,
    "capacity.scaledUp": {"min": 6, "until": "2026-01-05T23:00:00Z"},
}


def at(hour: int, minute: int = 0) -> datetime:
    """A time of that Monday."""
    return MONDAY.replace(hour=hour, minute=minute)


def production(**changes: Any) -> Capacity:
    """Capacity of the shipped production stage, changed by path."""
    return changed(shipped("production"), changes).capacity


def live(low: int, high: int, now: datetime, *, held: bool = False) -> dict[str, Any]:
    """What is said of these live bounds in production."""
    target = {"MinCapacity": low, "MaxCapacity": high}
    return bounds_of(production(), target, now, held=held, step="run pulumi up")


def test_without_schedules_the_base_is_due() -> None:
    """Staging has none: 1 to 2 at any time."""
    found = due(shipped("staging").capacity, at(9))
    assert (found.bounds.min, found.bounds.max, found.by) == (1, 2, "base")


@pytest.mark.parametrize(
    ("now", "least", "by"),
    [
        (at(7, 59), 2, "schedule weekday-night since 2026-01-02T22:00:00Z"),
        (at(8), 4, "schedule weekday-morning since 2026-01-05T08:00:00Z"),
        (at(22), 2, "schedule weekday-night since 2026-01-05T22:00:00Z"),
    ],
)
def test_the_schedule_that_fired_last_is_named(now: datetime, least: int, by: str) -> None:
    """S2-07: Friday's night schedule rules the weekend, until Monday at 08:00."""
    found = due(production(), now)
    assert (found.bounds.min, found.by) == (least, by)


def test_of_two_schedules_at_once_the_later_in_the_file_is_named() -> None:
    """As in `bounds_in_force`, which decides the numbers."""
    both = [
        {"name": name, "cron": "0 8 * * ? *", "timezone": "UTC", "min": least, "max": 8}
        for name, least in (("one", 3), ("two", 4))
    ]
    found = due(production(**{"capacity.schedules": both}), at(9))
    assert (found.bounds.min, found.by) == (4, "schedule two since 2026-01-05T08:00:00Z")


def test_an_event_is_named_where_it_raises_the_minimum() -> None:
    """S3-17: 6 until 23:00, over what the schedule asks for; at 23:00 it is over."""
    found = due(production(**EVENT), at(9))
    assert (found.bounds.min, found.bounds.max) == (6, 8)
    morning = "schedule weekday-morning since 2026-01-05T08:00:00Z"
    assert found.by == f"event until 2026-01-05T23:00:00Z, over {morning}"
    after = due(production(**EVENT), at(23))
    assert after.by == "schedule weekday-night since 2026-01-05T22:00:00Z"


def test_an_event_below_the_schedule_is_not_the_reason() -> None:
    """It asks for 3, the schedule for 4."""
    changes = EVENT | {"capacity.scaledUp": {"min": 3, "until": "2026-01-05T23:00:00Z"}}
    found = due(production(**changes), at(9))
    assert found.by == "schedule weekday-morning since 2026-01-05T08:00:00Z"


def test_bounds_as_planned_say_what_brought_them() -> None:
    """And what comes next, by schedule."""
    found = live(4, 8, at(9))
    assert found["isAsPlanned"]
    assert found["why"] == "schedule weekday-morning since 2026-01-05T08:00:00Z"
    assert found["nextChanges"] == [
        {"at": "2026-01-05T22:00:00Z", "by": "weekday-night", "min": 2, "max": 8},
        {"at": "2026-01-06T08:00:00Z", "by": "weekday-morning", "min": 4, "max": 8},
    ]


def test_bounds_that_are_not_planned_say_what_is_due_and_the_next_step() -> None:
    """F8: somebody has set 2 to 5 by hand."""
    found = live(2, 5, at(9))
    assert not found["isAsPlanned"]
    assert found["why"] == (
        "not what the stage file says: 4 to 8 are due by schedule weekday-morning since "
        "2026-01-05T08:00:00Z; run pulumi up"
    )
    assert found["due"]["min"] == 4


def test_a_schedule_has_two_minutes_to_arrive() -> None:
    """At 08:01 AWS may still have the night's bounds; at 08:03 it should not."""
    assert live(2, 8, at(8, 1))["isAsPlanned"]
    assert live(2, 8, at(8, 1))["why"].startswith("about to change: 4 to 8 are due by schedule")
    assert not live(2, 8, at(8, 3))["isAsPlanned"]


def test_a_panic_keeps_the_bounds_that_it_met() -> None:
    """Its suspension holds schedules up, so other bounds than the due ones are as planned."""
    found = live(2, 8, at(9), held=True)
    assert found["isAsPlanned"]
    assert found["why"].startswith("kept by the panic; 4 to 8 are due by schedule weekday-morning")
