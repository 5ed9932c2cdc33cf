"""The event: no plan undoes it before its end, and its switch is put back after it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pulumi_policy import Severity

from infra.capacity import Event
from policies import facts
from policies.capacity.tasks import BOUNDED, given, live_event, switched_on
from policies.plan import Resource
from policies.resource_types import ECS, SCALABLE_TARGET
from policies.rules import ResourceRule


def _survives(resource: Resource) -> Iterator[str]:
    settings = facts.stage()
    event = live_event(settings)
    if event is None or resource.props.get("serviceNamespace") != ECS:
        return
    low, high = given(resource, "minCapacity"), given(resource, "maxCapacity")
    lowest = high if low is None else low
    if lowest is None or lowest >= event.min or not _counts(resource, event):
        return
    says = "maxCapacity" if low is None else "minCapacity"
    narrow = high is not None and high < event.min
    also = f" and a maxCapacity of {settings.capacity.max}" if narrow else ""
    yield (
        f"{says} {lowest} < {event.min}, the tasks that the event keeps until "
        f"{_rfc3339(event.until)}. A minCapacity of {event.min}{also} passes"
        f"{_or_later(resource, event)}."
    )


def _counts(resource: Resource, event: Event) -> bool:
    """Whether the bounds may come into force before the event is over."""
    if resource.type == SCALABLE_TARGET:
        return True
    if once := _once(resource):
        return facts.now() <= once < event.until
    start, end = _time(resource, "startTime"), _time(resource, "endTime")
    return (start is None or start < event.until) and (end is None or end >= facts.now())


def _once(resource: Resource) -> datetime | None:
    """When a one-shot action fires; None for one that recurs."""
    at = re.fullmatch(r"at\((.+)\)", resource.props["schedule"])
    if at is None:
        return None
    zone = ZoneInfo(resource.props.get("timezone") or "UTC")
    return datetime.fromisoformat(at[1]).replace(tzinfo=zone)


def _time(resource: Resource, key: str) -> datetime | None:
    text = resource.props.get(key)
    if not text:
        return None
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _or_later(resource: Resource, event: Event) -> str:
    if resource.type == SCALABLE_TARGET or _once(resource):
        return ""
    return f"; so does a startTime of {_rfc3339(event.until)}"


def _rfc3339(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _not_expired(resource: Resource) -> Iterator[str]:
    event = switched_on(facts.stage())
    if event is None or event.is_on(facts.now()):
        return
    if resource.props.get("serviceNamespace") == ECS:
        yield (
            f"isScaledUp is true, and scaledUp.until {_rfc3339(event.until)} is over, so the "
            f"service does not keep the {event.min} tasks that its stage file seems to say. An "
            "isScaledUp of false passes."
        )


EVENT_SURVIVES_SCHEDULES = ResourceRule(
    name="capacity-event-survives-schedules",
    description="While an event is on, no planned action lowers the service below its floor.",
    protects_from=(
        "A scheduled action overwrites the bounds: the evening's takes the event's tasks away in "
        "the middle of it."
    ),
    source=(
        "Practices S3-17 and S2-07. AWS: Application Auto Scaling User Guide, scheduled scaling "
        "(nothing puts the earlier bounds back)."
    ),
    types=BOUNDED,
    judge=_survives,
    severity=Severity.HIGH,
    remediation=(
        "Keep minCapacity at scaledUp.min of evenkeel:capacity or above it until scaledUp.until, "
        "or let the action start there; Evenkeel's own schedules do both."
    ),
)

EVENT_NOT_EXPIRED = ResourceRule(
    name="capacity-event-not-expired",
    description="The event switch is off once the event is over.",
    protects_from=(
        "A stage file that says isScaledUp reads as if the tasks for the next launch were there, "
        "and they are not."
    ),
    source="Practice S3-17.",
    types={SCALABLE_TARGET},
    judge=_not_expired,
    severity=Severity.MEDIUM,
    remediation="Set isScaledUp of evenkeel:capacity to false, or scaledUp.until to the next end.",
)
