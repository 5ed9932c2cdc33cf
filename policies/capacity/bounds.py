"""The bounds themselves: in order, and never too low."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.settings import Settings
from policies import facts
from policies.capacity import advice, tasks
from policies.capacity.database import pool_advice, pool_words
from policies.facts import MissingFactsError
from policies.plan import Resource
from policies.rules import ResourceRule


def _floor(resource: Resource) -> Iterator[str]:
    for key in ("minCapacity", "maxCapacity"):
        given = tasks.bound(resource, key, min)
        if given is None:
            continue
        settings = facts.stage()
        floor = tasks.floor(settings)
        if given < floor:
            advised = _min_advice(settings) if key == "minCapacity" else _max_advice(settings)
            yield f"{key} {given} < {floor}, the least in tier {settings.tier}. {advised}"


def _min_advice(settings: Settings) -> str:
    event = tasks.live_event(settings)
    least = max(tasks.floor(settings), event.min if event else 0)
    return f"A min of {least} passes."


def _max_advice(settings: Settings) -> str:
    if advice.largest_max(settings) is None:
        return pool_advice(settings, tasks.floor(settings))
    return f"{advice.max_words(settings, pool_words(settings), advice.fits_database)}."


def _range(resource: Resource) -> Iterator[str]:
    low, high = tasks.given(resource, "minCapacity"), tasks.given(resource, "maxCapacity")
    if high is not None and high < 1:
        yield f"maxCapacity {high} < 1: the service cannot have a task. {_least_max(low)}"
    if low is not None and low < 0:
        yield f"minCapacity {low} < 0. A minCapacity of {_least()} passes."
    if low is not None and high is not None and low > high >= 1:
        yield f"minCapacity {low} > maxCapacity {high}. A minCapacity of {high} passes."


def _least() -> int:
    try:
        return tasks.floor(facts.stage())
    except MissingFactsError:
        return 1


def _least_max(low: int | None) -> str:
    try:
        return _max_advice(facts.stage())
    except MissingFactsError:
        return f"A maxCapacity of {max(1, low or 1)} passes."


FLOOR = ResourceRule(
    name=tasks.FLOOR,
    description="Production never runs fewer than two tasks, and no stage fewer than one.",
    protects_from=(
        "With one task every crash, every zone that fails and every bad image is an outage. With "
        "none, nothing measures the load that should bring a task back."
    ),
    source="Practices S3-12, S3-03 and S2-10.",
    types=tasks.BOUNDED,
    judge=_floor,
    severity=Severity.CRITICAL,
    remediation=(
        "Raise min (and max) in evenkeel:capacity, or in the schedule of this name; elsewhere "
        "minCapacity (and maxCapacity)."
    ),
    numbers=tasks.FLOORS,
)

RANGE = ResourceRule(
    name="capacity-range",
    description="A service's bounds are 0 or more tasks, at least one at most, and in order.",
    protects_from=(
        "Application Auto Scaling refuses bounds out of order halfway through an update, and a "
        "schedule that sets them fails unseen. With a max of 0 nothing runs."
    ),
    source="AWS: Application Auto Scaling API, RegisterScalableTarget and ScalableTargetAction.",
    types=tasks.BOUNDED,
    judge=_range,
    severity=Severity.HIGH,
    remediation=(
        "Write 0 <= min <= max and a max of 1 or more in evenkeel:capacity, or in the schedule of "
        "this name; elsewhere minCapacity and maxCapacity."
    ),
)
