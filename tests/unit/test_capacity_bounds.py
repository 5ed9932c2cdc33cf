"""Which bounds are in force: the rule over firings and event."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import Bounds, Event, Firing, bounds_in_force, highest_max

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = Bounds(2, 8)
MORNING = Firing(NOON - timedelta(hours=4), Bounds(4, 8))
NIGHT = Firing(NOON - timedelta(hours=14), Bounds(2, 6))


def test_base_is_in_force_before_any_schedule_fired() -> None:
    """Without a firing the stage's own min and max hold."""
    assert bounds_in_force(BASE, [], None, NOON) == BASE


def test_the_schedule_that_fired_last_is_in_force() -> None:
    """S2-07: at noon the morning's bounds hold, whatever their order in the file."""
    assert bounds_in_force(BASE, [MORNING, NIGHT], None, NOON) == Bounds(4, 8)
    assert bounds_in_force(BASE, [NIGHT, MORNING], None, NOON) == Bounds(4, 8)


def test_of_two_at_the_same_instant_the_later_in_the_file_wins() -> None:
    """Two schedules at one moment are decided by the file, not by chance."""
    first, second = Firing(NOON, Bounds(1, 3)), Firing(NOON, Bounds(2, 5))
    assert bounds_in_force(BASE, [first, second], None, NOON) == Bounds(2, 5)
    assert bounds_in_force(BASE, [second, first], None, NOON) == Bounds(1, 3)


def test_a_firing_to_come_does_not_count() -> None:
    """Only what has fired is in force."""
    later = Firing(NOON + timedelta(seconds=1), Bounds(5, 7))
    assert bounds_in_force(BASE, [MORNING, later], None, NOON) == MORNING.bounds


def test_event_raises_the_minimum_until_it_ends() -> None:
    """S3-17, K11: the night's min 2 does not cancel the event; at until the event is over."""
    event = Event(8, NOON)
    before = NOON - timedelta(seconds=1)
    assert bounds_in_force(BASE, [NIGHT], Event(6, NOON), before) == Bounds(6, 6)
    assert bounds_in_force(BASE, [], event, before) == Bounds(8, 8)
    assert bounds_in_force(BASE, [NIGHT], event, NOON) == NIGHT.bounds


def test_highest_max_is_over_base_and_schedules() -> None:
    """F3: every planned max belongs in the sum."""
    assert highest_max(Bounds(2, 8), [Bounds(4, 20), Bounds(2, 6)]) == 20


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    """Bounds whose max holds the event's largest minimum of ten."""
    low = draw(st.integers(0, 10))
    return Bounds(low, draw(st.integers(max(low, 10), 50)))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
events = st.none() | st.builds(Event, st.integers(1, 10), moments)


@given(bounds(), st.lists(st.builds(Firing, moments, bounds())), events, moments)
def test_bounds_in_force_are_planned_ones(
    base: Bounds, firings: list[Firing], event: Event | None, now: datetime
) -> None:
    """The max is one that is planned, min never exceeds it, and only an event raises min."""
    found = bounds_in_force(base, firings, event, now)
    planned = [base, *(firing.bounds for firing in firings)]
    assert found.max in {each.max for each in planned}
    assert found.min <= found.max <= highest_max(base, planned)
    if event is None or now >= event.until:
        assert found in planned
    else:
        assert found.min >= event.min
