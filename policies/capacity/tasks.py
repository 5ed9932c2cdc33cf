"""How many tasks a resource, and the stage that it belongs to, allow."""

from collections.abc import Callable

from infra.capacity import Event
from infra.settings import Settings
from policies import configuration, facts
from policies.plan import Resource
from policies.resource_types import ECS, SCALABLE_TARGET, SCHEDULED_ACTION
from policies.rules import Number

TIMES = "×"
BOUNDED = {SCALABLE_TARGET, SCHEDULED_ACTION}

# One task is an outage with every crash, every deploy of a bad image and every zone that fails;
# two are the least in production (practice S3-12), and no service scales to nothing (S2-10).
FLOOR = "capacity-floor"
FLOORS = {
    "production": Number(2, "The fewest tasks in tier production.", minimum=2),
    "elsewhere": Number(1, "The fewest tasks in every other tier.", minimum=1),
}


def floor(settings: Settings) -> int:
    """The fewest tasks in the stage's tier."""
    key = "production" if settings.tier == "production" else "elsewhere"
    return int(configuration.numbers.get(FLOOR, {}).get(key, FLOORS[key].default))


def live_event(settings: Settings) -> Event | None:
    """The event of the stage; None while it is off, or once it is over."""
    event = switched_on(settings)
    return event if event and event.is_on(facts.now()) else None


def switched_on(settings: Settings) -> Event | None:
    """The event of the stage, over or not; None while isScaledUp is false."""
    scaled_up = settings.capacity.scaled_up
    if not settings.capacity.is_scaled_up or scaled_up is None or scaled_up.until is None:
        return None
    return Event(scaled_up.min, scaled_up.until)


def given(resource: Resource, key: str) -> int | None:
    """The bound that a target or an action of ECS itself sets; None where it sets none."""
    if resource.props.get("serviceNamespace") != ECS:
        return None
    is_target = resource.type == SCALABLE_TARGET
    props = resource.props if is_target else resource.props["scalableTargetAction"]
    value = props.get(key)
    return None if value is None else int(value)


def bound(resource: Resource, key: str, worst: Callable[[int, int], int]) -> int | None:
    """The bound that comes of this resource; None for other services, or where it sets none.

    The target carries what is in force now, maybe a schedule's bounds. The stage's own come back
    with the schedule's end, so the worse of the two is judged.
    """
    tasks = given(resource, key)
    if tasks is None or resource.type != SCALABLE_TARGET:
        return tasks
    own = facts.stage().capacity
    return worst(tasks, own.min if key == "minCapacity" else own.max)


def most_of(resource: Resource) -> int | None:
    """The most tasks that come of this resource; None where it sets no max for ECS."""
    return bound(resource, "maxCapacity", max)
