"""Which bounds are in force: the rule over base, schedules and event."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Bounds:
    """The fewest and the most tasks."""

    min: int
    max: int


@dataclass(frozen=True)
class Firing:
    """A schedule has come into force: when, and its bounds."""

    at: datetime
    bounds: Bounds


@dataclass(frozen=True)
class Event:
    """While it is on, no minimum is below `min`; it is over at `until`."""

    min: int
    until: datetime

    def is_on(self, now: datetime) -> bool:
        """Whether the event still counts at *now*."""
        return now < self.until


def raised(bounds: Bounds, floor: int) -> Bounds:
    """*bounds* with a minimum of at least *floor*."""
    return replace(bounds, min=max(bounds.min, floor))


def bounds_in_force(
    base: Bounds, firings: Iterable[Firing], event: Event | None, now: datetime
) -> Bounds:
    """Bounds at *now*, given the last firing of each schedule in the order of the stage file.

    A scheduled action overwrites both bounds and nothing reverts it (Application Auto Scaling
    User Guide), so the one that fired last is in force; of two at the same instant the later in
    the file. Before any has fired, the base is.
    """
    last: Firing | None = None
    for firing in firings:
        if firing.at <= now and (last is None or firing.at >= last.at):
            last = firing
    due = last.bounds if last else base
    return raised(due, event.min) if event and event.is_on(now) else due


def highest_max(base: Bounds, planned: Iterable[Bounds]) -> int:
    """Most tasks that base or any schedule allows; the event raises minima alone."""
    return max(bounds.max for bounds in (base, *planned))
