"""Scheduled actions that say all that they set: when, by which clock, and both bounds."""

import re
from collections.abc import Iterator
from datetime import datetime

from pulumi_policy import Severity

from infra.capacity import MOST_TASKS
from infra.schedules import cron_problem
from infra.settings import Capacity
from policies.facts import MissingFactsError, stage
from policies.plan import Resource
from policies.resource_types import ECS, SCHEDULED_ACTION
from policies.rules import ResourceRule
from policies.scaling_policy import Config

EXAMPLE = "cron(0 8 ? * MON-FRI *)"
# Application Auto Scaling API, PutScheduledAction.
FORM = re.compile(r"(cron|at|rate)\((.*)\)")
RATE = re.compile(r"0*[1-9][0-9]* (minute|hour|day)s?")


def _paired(resource: Resource) -> Iterator[str]:
    if resource.props.get("serviceNamespace") != ECS:
        return
    if not resource.props.get("timezone"):
        yield (
            "timezone is left out, so the schedule follows UTC and no daylight saving time. A "
            "timezone of UTC passes."
        )
    yield from _bounds(resource.props["scalableTargetAction"])
    schedule = resource.props["schedule"]
    if problem := schedule_problem(schedule):
        yield f"schedule {schedule}: {problem}. A schedule of {EXAMPLE} passes."


def _bounds(action: Config) -> Iterator[str]:
    low, high = action.get("minCapacity"), action.get("maxCapacity")
    if low is not None and high is not None:
        return
    if low is None and high is None:
        what = "minCapacity and maxCapacity are"
    else:
        what = "minCapacity is" if low is None else "maxCapacity is"
    yield (
        f"{what} left out, so what the last action or update has set stays in force. "
        f"{_advice(low, high)}"
    )


def _advice(low: float | None, high: float | None) -> str:
    """Bounds within what the stage plans, around the one that is given."""
    try:
        least, most = _planned(stage().capacity)
    except MissingFactsError:
        if low is None and high is None:
            return "Give both."
        # The bound that is given, for the other too.
        least, most = MOST_TASKS, 1
    if low is not None:
        return f"A maxCapacity of {max(most, low):g} passes."
    if high is not None:
        return f"A minCapacity of {min(least, high):g} passes."
    return f"A minCapacity of {min(least, most)} with a maxCapacity of {most} passes."


def _planned(capacity: Capacity) -> tuple[int, int]:
    """The lowest minimum, which an event raises, and the highest maximum."""
    least = capacity.lowest_min
    if capacity.is_scaled_up and capacity.scaled_up is not None:
        least = max(least, capacity.scaled_up.min)
    return least, capacity.highest_max


def schedule_problem(schedule: str) -> str | None:
    """What is wrong with a schedule of Application Auto Scaling; None when nothing is."""
    if not (form := FORM.fullmatch(schedule)):
        return "it is none of cron(…), at(…) and rate(…)"
    kind, fields = form.groups()
    if kind == "cron":
        return cron_problem(fields)
    if kind == "at":
        return None if _is_time(fields) else "at( ) takes a time as yyyy-mm-ddThh:mm:ss"
    takes = "rate( ) takes a whole number from 1 and minutes, hours or days"
    return None if RATE.fullmatch(fields) else takes


def _is_time(text: str) -> bool:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%dT%H:%M:%S}" == text
    except ValueError:
        return False


PAIRED = ResourceRule(
    name="scaling-schedules-paired",
    description="A scheduled action says its time zone and both bounds, at a time that AWS reads.",
    protects_from=(
        "Nothing takes back what a scheduled action sets: a bound that it leaves out keeps "
        "whatever the last one set, and without a time zone it fires an hour off half of the year."
    ),
    source="Practice S2-07; AWS: Application Auto Scaling API, PutScheduledAction.",
    types={SCHEDULED_ACTION},
    judge=_paired,
    severity=Severity.HIGH,
    remediation=(
        "Give timezone, minCapacity and maxCapacity, and a schedule of cron(…), at(…) or "
        "rate(…). evenkeel:capacity.schedules makes all of it."
    ),
)
