"""What the schedules of a stage mean at a given time, and what the stack registers for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from infra.capacity import Bounds, Event, Firing, bounds_in_force, raised
from infra.cron import Cron

# Names of the actions that an event adds.
EVENT_END = "event-end"
AFTER_EVENT = "-after-event"


class Schedule(Protocol):
    """A schedule of the stage file."""

    @property
    def name(self) -> str: ...
    @property
    def cron(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int: ...


class ScaledUp(Protocol):
    """The event of the stage file."""

    @property
    def min(self) -> int: ...
    @property
    def until(self) -> datetime | None: ...


class Capacity(Protocol):
    """The capacity section of the stage file."""

    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int: ...
    @property
    def is_scaled_up(self) -> bool: ...
    @property
    def scaled_up(self) -> ScaledUp | None: ...
    @property
    def schedules(self) -> Sequence[Schedule]: ...


@dataclass(frozen=True)
class PlannedAction:
    """One scheduled action of Application Auto Scaling.

    `start` and `end` bound the time in which it may fire; None: no bound.
    """

    name: str
    expression: str
    timezone: str
    bounds: Bounds
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Change:
    """Bounds that come into force at a time, and what brings them."""

    at: datetime
    cause: str
    bounds: Bounds


def cron_problem(expression: str) -> str | None:
    """What is wrong with a cron expression of AWS; None when nothing is."""
    if expression.startswith(("cron(", "rate(", "at(")):
        return "write the six fields alone, without cron( )"
    try:
        Cron(expression)
    except ValueError as error:
        return str(error)
    return None


def bounds_at(capacity: Capacity, now: datetime) -> Bounds:
    """Bounds in force at *now* (aware) by the stage's own schedules and event."""
    firings = [
        Firing(at, Bounds(schedule.min, schedule.max))
        for schedule in capacity.schedules
        if (at := Cron(schedule.cron).last(now, ZoneInfo(schedule.timezone)))
    ]
    return bounds_in_force(Bounds(capacity.min, capacity.max), firings, _event(capacity), now)


def next_changes(capacity: Capacity, now: datetime) -> list[Change]:
    """The next change by each schedule, and the event's end, in order of time."""
    times = [
        (at, schedule.name)
        for schedule in capacity.schedules
        if (at := Cron(schedule.cron).next(now, ZoneInfo(schedule.timezone)))
    ]
    event = _event(capacity)
    if event and event.is_on(now):
        times.append((event.until, "end of the event"))
    return [Change(at, cause, bounds_at(capacity, at)) for at, cause in sorted(times)]


def planned_actions(capacity: Capacity, now: datetime) -> list[PlannedAction]:
    """The scheduled actions to register at *now* (aware).

    While the event is on, a schedule below its minimum becomes two actions: one with the raised
    minimum, which ends with the event, and one with its own, which starts with its first firing
    after that; otherwise this one would raise the minimum again. A one-shot action at the end of
    the event puts back the bounds then due.
    """
    event = _event(capacity)
    live = event if event and event.is_on(now) else None
    actions = [action for schedule in capacity.schedules for action in _actions_of(schedule, live)]
    if live:
        when = f"at({live.until.astimezone(UTC):%Y-%m-%dT%H:%M:%S})"
        actions.append(PlannedAction(EVENT_END, when, "UTC", bounds_at(capacity, live.until)))
    return actions


def _actions_of(schedule: Schedule, event: Event | None) -> Iterator[PlannedAction]:
    own = Bounds(schedule.min, schedule.max)
    when = f"cron({schedule.cron})", schedule.timezone
    if event is None or own.min >= event.min:
        yield PlannedAction(schedule.name, *when, own)
        return
    yield PlannedAction(schedule.name, *when, raised(own, event.min), end=event.until)
    # Not at the event's end: an action is performed at its start time too, whatever its cron says
    # (Application Auto Scaling user guide, recurring schedules), and a lower max would stop tasks.
    start = Cron(schedule.cron).next(event.until, ZoneInfo(schedule.timezone))
    if start is not None:
        yield PlannedAction(f"{schedule.name}{AFTER_EVENT}", *when, own, start=start)


def _event(capacity: Capacity) -> Event | None:
    scaled_up = capacity.scaled_up
    if not capacity.is_scaled_up or scaled_up is None or scaled_up.until is None:
        return None
    return Event(scaled_up.min, scaled_up.until)
