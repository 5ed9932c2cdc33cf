"""Which bounds are in force, which the stage file asks for, and why they are what they are."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from infra.capacity import Bounds
from infra.cron import Cron
from infra.schedules import bounds_at, next_changes
from infra.settings import Capacity
from ops.words import instant

# Application Auto Scaling runs a scheduled action within a minute or so of its time.
LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class Due:
    """Bounds that the stage file asks for at a time, and what asks for them."""

    bounds: Bounds
    by: str


def due(capacity: Capacity, now: datetime) -> Due:
    """What should be in force at *now* (aware)."""
    bounds = bounds_at(capacity, now)
    by = _scheduled(capacity, now) or "base"
    event = capacity.scaled_up if capacity.is_scaled_up else None
    if event is None or event.until is None or now >= event.until:
        return Due(bounds, by)
    without = bounds_at(capacity.model_copy(update={"is_scaled_up": False}), now)
    if without == bounds:
        return Due(bounds, by)
    return Due(bounds, f"event until {instant(event.until)}, over {by}")


def _scheduled(capacity: Capacity, now: datetime) -> str | None:
    """The schedule that fired last; of two at the same instant the later in the file."""
    fired = [
        (at, number, schedule.name)
        for number, schedule in enumerate(capacity.schedules)
        if (at := Cron(schedule.cron).last(now, ZoneInfo(schedule.timezone)))
    ]
    if not fired:
        return None
    at, _, name = max(fired)
    return f"schedule {name} since {instant(at)}"


def bounds_of(
    capacity: Capacity, target: dict[str, Any], now: datetime, *, held: bool, step: str
) -> dict[str, Any]:
    """The bounds of a scalable *target* beside those of the stage file, as data.

    `held` is whether a panic holds them where they are; `step` is said of those that nothing
    explains.
    """
    live = Bounds(target["MinCapacity"], target["MaxCapacity"])
    wanted = due(capacity, now)
    return {
        **asdict(live),
        "why": _why(capacity, live, wanted, now, held, step),
        "due": {**asdict(wanted.bounds), "by": wanted.by},
        # In a panic the bounds stay what they were, whatever falls due: that is as planned.
        "isAsPlanned": live == wanted.bounds or held or _is_late(capacity, live, now),
        "nextChanges": [
            {"at": instant(each.at), "by": each.cause, **asdict(each.bounds)}
            for each in next_changes(capacity, now)
        ],
    }


def _why(
    capacity: Capacity, live: Bounds, wanted: Due, now: datetime, held: bool, step: str
) -> str:
    if live == wanted.bounds:
        return wanted.by
    said = f"{wanted.bounds.min} to {wanted.bounds.max} are due by {wanted.by}"
    if held:
        return f"kept by the panic; {said}"
    if _is_late(capacity, live, now):
        return f"about to change: {said}"
    return f"not what the stage file says: {said}; {step}"


def _is_late(capacity: Capacity, live: Bounds, now: datetime) -> bool:
    """They are what was due a moment ago: AWS is about to bring the new ones."""
    return live == bounds_at(capacity, now - LATE)
