"""When a scheduled action is due."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sandbox.emulator.autoscaling_due import last_due, next_due

WEEKDAYS = "cron(0 8 ? * MON-FRI *)"


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


CREATED = instant("2026-11-22T00:00:00")  # a Sunday


def action(schedule: str, **more: Any) -> dict[str, Any]:
    return {"Schedule": schedule, "CreationTime": CREATED, **more}


def shown(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


@pytest.mark.parametrize(
    ("schedule", "more", "after", "expected"),
    [
        (WEEKDAYS, {}, "2026-11-22T00:00:00", "2026-11-23T08:00:00"),
        (WEEKDAYS, {}, "2026-11-23T08:00:00", "2026-11-24T08:00:00"),
        (WEEKDAYS, {}, "2026-11-27T08:00:00", "2026-11-30T08:00:00"),
        # Berlin is at UTC+1 in November, at UTC+2 from 28 March 2027 on.
        (WEEKDAYS, {"Timezone": "Europe/Berlin"}, "2026-11-22T00:00:00", "2026-11-23T07:00:00"),
        (WEEKDAYS, {"Timezone": "Europe/Berlin"}, "2027-03-26T12:00:00", "2027-03-29T06:00:00"),
        ("at(2026-11-25T10:00:00)", {}, "2026-11-22T00:00:00", "2026-11-25T10:00:00"),
        (
            "at(2026-11-25T10:00:00)",
            {"Timezone": "America/New_York"},
            "2026-11-22T00:00:00",
            "2026-11-25T15:00:00",
        ),
        ("at(2026-11-25T10:00:00)", {}, "2026-11-25T10:00:00", None),
        ("rate(5 hours)", {}, "2026-11-22T00:00:00", "2026-11-22T05:00:00"),
        ("rate(5 hours)", {}, "2026-11-22T05:00:00", "2026-11-22T10:00:00"),
        ("rate(1 day)", {}, "2026-11-24T13:00:00", "2026-11-25T00:00:00"),
        ("cron(0 8 * * ? 2026)", {}, "2026-12-31T08:00:00", None),
    ],
)
def test_an_action_is_due_by_its_expression_and_zone(
    schedule: str, more: dict[str, Any], after: str, expected: str | None
) -> None:
    """S2-07: cron and at in the action's time zone, rates from the action's creation."""
    assert shown(next_due(action(schedule, **more), instant(after))) == expected


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        (WEEKDAYS, "2026-11-22T00:00:00", "2026-11-24T10:30:00"),  # at the start itself
        (WEEKDAYS, "2026-11-24T10:30:00", "2026-11-25T08:00:00"),
        (WEEKDAYS, "2026-11-25T08:00:00", None),  # the next would be after the end
        ("rate(5 hours)", "2026-11-22T00:00:00", "2026-11-24T10:30:00"),
        ("rate(5 hours)", "2026-11-24T10:30:00", "2026-11-24T15:30:00"),
        ("at(2026-11-23T10:00:00)", "2026-11-22T00:00:00", None),
        ("at(2026-11-25T09:00:00)", "2026-11-22T00:00:00", "2026-11-25T09:00:00"),
    ],
)
def test_start_and_end_bound_the_recurrence(
    schedule: str, after: str, expected: str | None
) -> None:
    """User guide: performed at the start time, then as it recurs, and not after the end time."""
    window = {
        "StartTime": instant("2026-11-24T10:30:00"),
        "EndTime": instant("2026-11-25T09:00:00"),
    }
    assert shown(next_due(action(schedule, **window), instant(after))) == expected


schedules = st.sampled_from(
    [WEEKDAYS, "cron(0 22 ? * * *)", "rate(7 hours)", "rate(1 minute)", "at(2026-11-25T10:00:00)"]
)
times = st.integers(0, 14 * 86_400).map(lambda seconds: CREATED + seconds)


@given(schedules, st.none() | times, st.none() | times, times)
def test_the_last_time_is_the_one_that_was_next(
    schedule: str, start: float | None, end: float | None, moment: float
) -> None:
    """What was due last is what was awaited just before it, and nothing was due since."""
    assume(start is None or end is None or start < end)  # else PutScheduledAction refuses it
    window = {"StartTime": start, "EndTime": end}
    given_action = action(schedule, **{n: v for n, v in window.items() if v is not None})
    last = last_due(given_action, moment)
    if last is None:
        upcoming = next_due(given_action, CREATED)
        assert upcoming is None or upcoming > moment
    else:
        assert last <= moment
        upcoming = next_due(given_action, last)
        assert upcoming is None or upcoming > moment
        if last > CREATED:
            assert next_due(given_action, last - 0.001) == last
