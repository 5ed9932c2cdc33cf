"""When a scheduled action is due: at once, at a rate or by cron, from its start to its end.

The user guide, "How scheduled scaling works": with a start time the action is performed at that
time and then by its recurrence; after the end time it stops repeating.
"""

import re
from datetime import UTC, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from infra.cron import Cron
from sandbox.emulator.wire import Record

RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
CRON = re.compile(r"cron\(([^()]*)\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}  # seconds


def next_due(action: Record, after: float) -> float | None:
    """The first time later than `after` (seconds since the epoch); None when there is none."""
    start, end = _window(action)
    recurs = not AT.fullmatch(action["Schedule"])
    due = start if recurs and start > after else _following(action, max(after, start))
    return due if due is not None and due <= end else None


def last_due(action: Record, now: float) -> float | None:
    """The last time at or before `now`; None when there was none."""
    start, end = _window(action)
    if now < start:
        return None
    due = _preceding(action, min(now, end))
    if not AT.fullmatch(action["Schedule"]) and start > -inf:
        return max(start, due) if due is not None else start
    return due if due is not None and due >= start else None


def _window(action: Record) -> tuple[float, float]:
    """From when and until when an action may run, without end where nothing is said."""
    return action.get("StartTime", -inf), action.get("EndTime", inf)


def _following(action: Record, after: float) -> float | None:
    """The next time by the expression alone."""
    if rate := RATE.fullmatch(action["Schedule"]):
        origin, step = _origin(action), _seconds(rate)
        return origin + step * max(1, (after - origin) // step + 1)
    if at := AT.fullmatch(action["Schedule"]):
        due = _local(at[1], action)
        return due if due > after else None
    firing = _cron(action).next(_moment(after), _zone(action))
    return firing.timestamp() if firing else None


def _preceding(action: Record, now: float) -> float | None:
    """The last time by the expression alone."""
    if rate := RATE.fullmatch(action["Schedule"]):
        origin, step = _origin(action), _seconds(rate)
        return origin + step * ((now - origin) // step) if now >= origin + step else None
    if at := AT.fullmatch(action["Schedule"]):
        due = _local(at[1], action)
        return due if due <= now else None
    firing = _cron(action).last(_moment(now), _zone(action))
    return firing.timestamp() if firing else None


def _origin(action: Record) -> float:
    """What a rate counts from: the start time, else the action's creation."""
    return float(action["StartTime"] if "StartTime" in action else action["CreationTime"])


def _seconds(rate: re.Match[str]) -> int:
    return int(rate[1]) * _UNITS[rate[2]]


def _local(text: str, action: Record) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=_zone(action)).timestamp()


def _cron(action: Record) -> Cron:
    expression = CRON.fullmatch(action["Schedule"])
    assert expression is not None  # PutScheduledAction has checked it
    return Cron(expression[1])


def _zone(action: Record) -> ZoneInfo:
    return ZoneInfo(action.get("Timezone") or "UTC")


def _moment(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
