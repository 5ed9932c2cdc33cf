"""What an alarm needs to be one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from policies.plan import Plan, Resource
from policies.resource_types import METRIC_ALARM


def on(plan: Plan, namespace: str, metrics: Sequence[str]) -> list[Resource]:
    """The alarms on one of *metrics*."""
    return [
        alarm
        for alarm in plan.of_type({METRIC_ALARM})
        if alarm.props.get("namespace") == namespace and alarm.props.get("metricName") in metrics
    ]


def faults(alarms: Iterable[Resource], judge: Callable[[Resource], Iterable[str]]) -> Iterator[str]:
    """What is wrong with *alarms*; nothing where one works, whatever else stands beside it."""
    found = [[*judge(alarm)] for alarm in alarms]
    if all(found):
        yield from (fault for each in found for fault in each)


def dumb(alarm: Resource, statistics: Sequence[str]) -> Iterator[str]:
    """Why *alarm*, on a metric with *statistics*, never tells anybody."""
    statistic = alarm.props.get("statistic")
    if statistic not in statistics:
        yield (
            f"{alarm.name} has statistic {statistic}, which is not the count. A statistic of "
            f"{' or '.join(statistics)} passes."
        )
    if not alarm.props.get("alarmActions"):
        yield f"{alarm.name} has no alarmActions and tells nobody. The ARN of a topic passes."
    if alarm.props.get("actionsEnabled") is False:
        yield f"{alarm.name} has actionsEnabled false and tells nobody. True passes."


def number(value: Any) -> str:
    """*value* as people write it: numbers arrive as floats."""
    return f"{value:g}" if isinstance(value, float) else str(value)
