"""AWS's six-field cron expressions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cron import Cron
from infra.schedules import cron_problem

Z = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "last", "following"),
    [
        # Wednesday, 25 November 2026, 12:00 UTC.
        ("0 8 ? * MON-FRI *", "2026-11-25T08:00", "2026-11-26T08:00"),
        ("0 22 ? * 2-6 *", "2026-11-24T22:00", "2026-11-25T22:00"),  # 1 = SUN, so 2-6 = MON-FRI
        ("30 6 ? * 1 *", "2026-11-22T06:30", "2026-11-29T06:30"),
        ("0 12 * * ? *", "2026-11-25T12:00", "2026-11-26T12:00"),
        ("0/20 9-10 * * ? *", "2026-11-25T10:40", "2026-11-26T09:00"),
        ("0 0 L * ? *", "2026-10-31T00:00", "2026-11-30T00:00"),
        ("0 0 LW * ? *", "2026-10-30T00:00", "2026-11-30T00:00"),
        ("0 0 15W * ? *", "2026-11-16T00:00", "2026-12-15T00:00"),  # 15 November is a Sunday
        ("0 0 1W * ? *", "2026-11-02T00:00", "2026-12-01T00:00"),  # stays within the month
        ("0 0 31W * ? *", "2026-10-30T00:00", "2026-12-31T00:00"),  # 31 October is a Saturday
        ("0 0 ? * 6L *", "2026-10-30T00:00", "2026-11-27T00:00"),  # last Friday
        ("0 0 ? * L *", "2026-11-21T00:00", "2026-11-28T00:00"),  # Saturday
        ("0 0 ? * 3#2 *", "2026-11-10T00:00", "2026-12-08T00:00"),  # second Tuesday
        ("0 0 1 JAN,JUL ? *", "2026-07-01T00:00", "2027-01-01T00:00"),
        ("0 0 29 2 ? *", "2024-02-29T00:00", "2028-02-29T00:00"),
        ("0 9 1 12 ? 2025-2027", "2025-12-01T09:00", "2026-12-01T09:00"),
        ("0 9 1 12 ? 2020,2040", "2020-12-01T09:00", "2040-12-01T09:00"),
        ("5 9 25 11 ? 2026", "2026-11-25T09:05", None),
        ("5 19 25 11 ? 2026", None, "2026-11-25T19:05"),
        ("0 0 1 1 ? 2199", None, "2199-01-01T00:00"),
        ("0 0 1 1 ? 1970", "1970-01-01T00:00", None),
    ],
)
def test_last_and_next_firing(expression: str, last: str | None, following: str | None) -> None:
    """S2-07: AWS's day numbers, names, lists, ranges, steps, ?, L, W, # and years."""
    now = at("2026-11-25T12:00")
    assert Cron(expression).last(now, Z) == (at(last) if last else None)
    assert Cron(expression).next(now, Z) == (at(following) if following else None)


def test_local_time_follows_daylight_saving() -> None:
    """08:00 in Berlin is 06:00 UTC in summer and 07:00 UTC in winter."""
    morning = Cron("0 8 * * ? *")
    assert morning.last(at("2026-07-01T12:00"), BERLIN) == at("2026-07-01T06:00")
    assert morning.last(at("2026-12-01T12:00"), BERLIN) == at("2026-12-01T07:00")


def test_a_time_that_the_clocks_skip_does_not_fire() -> None:
    """02:30 does not exist in Berlin on 29 March 2026; the day before is the last firing."""
    half_past_two = Cron("30 2 * * ? *")
    assert half_past_two.last(at("2026-03-29T12:00"), BERLIN) == at("2026-03-28T01:30")
    assert half_past_two.next(at("2026-03-28T12:00"), BERLIN) == at("2026-03-30T00:30")


@pytest.mark.parametrize("now", ["2026-10-25T00:30", "2026-10-25T00:45", "2026-10-25T01:15"])
def test_a_time_that_the_clocks_repeat_fires_once(now: str) -> None:
    """02:30 comes twice in Berlin on 25 October 2026, at 00:30 and 01:30 UTC; the first counts."""
    half_past_two = Cron("30 2 * * ? *")
    assert half_past_two.last(at(now), BERLIN) == at("2026-10-25T00:30")
    assert half_past_two.next(at(now), BERLIN) == at("2026-10-26T01:30")


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("0 8 * * MON", "5 fields, not six"),
        ("0 8 * * MON *", "exactly one of day-of-month and day-of-week must be ?"),
        ("0 8 ? * ? *", "exactly one of day-of-month and day-of-week must be ?"),
        ("60 8 * * ? *", "minutes: 60 is not 0-59"),
        ("0 24 * * ? *", "hours: 24 is not 0-23"),
        ("0 8 0 * ? *", "day-of-month: 0 is not 1-31"),
        ("0 8 ? * 0 *", "day-of-week: 0 is not 1-7 or SUN-SAT"),
        ("0 8 ? * MONDAY *", "day-of-week: MONDAY is not 1-7 or SUN-SAT"),
        ("0 8 ? * FRI-MON *", "day-of-week: FRI-MON runs backwards"),
        ("0 8 * 13 ? *", "month: 13 is not 1-12 or JAN-DEC"),
        ("0 8 * * ? 1969", "year: 1969 is not 1970-2199"),
        ("0/0 8 * * ? *", "minutes: 0/0 has no step"),
        ("0,,5 8 * * ? *", "minutes: nothing is not 0-59"),
        ("0 8 ? * 3#6 *", "day-of-week: 6 after # is not 1-5"),
        ("0 8 31 2 ? *", "no month of it has that day"),
        ("cron(0 8 ? * MON *)", "without cron( )"),
        ("", "0 fields, not six"),
    ],
)
def test_a_wrong_expression_says_which_field(expression: str, says: str) -> None:
    """Every refused expression names the field and the reason."""
    assert says in (cron_problem(expression) or "")


@st.composite
def expressions(draw: st.DrawFn) -> tuple[str, set[int], set[int], set[int] | None, set[int]]:
    """An expression with the minutes, hours, days and weekdays (MON = 0) that it stands for."""
    minutes = draw(st.sets(st.integers(0, 59), min_size=1, max_size=3))
    hours = draw(st.sets(st.integers(0, 23), min_size=1, max_size=3))
    weekdays = draw(st.sets(st.integers(1, 7), min_size=1, max_size=7))
    days = draw(st.none() | st.sets(st.integers(1, 28), min_size=1, max_size=3))
    lists = [",".join(map(str, sorted(part))) for part in (minutes, hours, weekdays, days or ())]
    day, weekday = ("?", lists[2]) if days is None else (lists[3], "?")
    # AWS has 1 = SUN, Python 0 = MON.
    python_days = {(number + 5) % 7 for number in weekdays} if days is None else set(range(7))
    return f"{lists[0]} {lists[1]} {day} * {weekday} *", minutes, hours, days, python_days


@given(
    expressions(),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_firings_agree_with_a_count_of_every_minute(
    drawn: tuple[str, set[int], set[int], set[int] | None, set[int]], moment: datetime, name: str
) -> None:
    """Walking every minute of the clock on the wall finds the same last and next firing."""
    expression, minutes, hours, days, weekdays = drawn
    zone = ZoneInfo(name)
    now = moment.replace(tzinfo=UTC)

    def fires(instant: datetime) -> bool:
        local = instant.astimezone(zone)
        return (
            local.fold == 0
            and local.minute in minutes
            and local.hour in hours
            and (days is None or local.day in days)
            and local.weekday() in weekdays
        )

    cron = Cron(expression)
    last, following = cron.last(now, zone), cron.next(now, zone)
    assert last is not None
    assert following is not None
    assert last <= now < following
    assert all(fires(instant) and instant.second == 0 for instant in (last, following))
    start = now.replace(second=0, microsecond=0)
    span = int(min((following - start).total_seconds() // 60, 1500))
    assert not any(fires(start + timedelta(minutes=m)) for m in range(1, span))
    back = int(min((start - last).total_seconds() // 60, 1500))
    assert not any(fires(start - timedelta(minutes=m)) for m in range(back))
