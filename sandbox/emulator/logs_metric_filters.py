"""Metric filters that act: log events that match become values of a CloudWatch metric.

ministack keeps metric filters and does nothing with them. CloudWatch Logs API,
MetricTransformation; user guide, "Creating metrics from log events using filters".
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import cloudwatch_logs

from sandbox.emulator import cloudwatch_values, logs_kept
from sandbox.emulator.logs_json_patterns import PatternError, select
from sandbox.emulator.logs_patterns import condition
from sandbox.emulator.wire import Answer, Record

MINUTE = 60
LONGEST_PATTERN = 1024  # CloudWatch Logs API, FilterPattern
_MOST_DIMENSIONS = 3

_put_filter = cloudwatch_logs._put_metric_filter
_put_events = cloudwatch_logs._put_log_events
_told: dict[tuple[str, ...], int] = {}  # filter -> the latest minute with a value of its own


def install() -> None:
    """Check metric filters as they are put, ask them about every log event, and keep the latest."""
    cloudwatch_logs._put_metric_filter = _checked
    cloudwatch_logs._put_log_events = _counted


def _checked(data: Record) -> Answer:
    problem = _problem(data)
    answer: Answer = (
        _put_filter(data)
        if problem is None
        else error_response_json("InvalidParameterException", problem, 400)
    )
    return answer


def _problem(data: Record) -> str | None:
    """Why AWS would refuse the filter, or the sandbox cannot act on it."""
    pattern = data.get("filterPattern", "")
    if len(pattern) > LONGEST_PATTERN:
        return f"filterPattern has {len(pattern)} characters, allowed: {LONGEST_PATTERN}"
    try:
        condition(pattern)
    except PatternError as error:
        return f"Invalid metric filter pattern: {error}: {pattern}"
    transformations = data.get("metricTransformations", [])
    if len(transformations) != 1:
        return f"metricTransformations has {len(transformations)} entries, allowed: 1"
    return _wrong_transformation(transformations[0])


def _wrong_transformation(given: Mapping[str, Any]) -> str | None:
    value = str(given.get("metricValue", ""))
    if not value.startswith("$") and _number(value) is None:
        return f"Invalid metric transformation: metricValue {value!r} is no number and no $.field"
    dimensions = given.get("dimensions", {})
    if len(dimensions) > _MOST_DIMENSIONS:
        return f"dimensions has {len(dimensions)} entries, allowed: {_MOST_DIMENSIONS}"
    if dimensions and given.get("defaultValue") is not None:
        return "Invalid metric transformation: dimensions and default value are mutually exclusive"
    return None


def _counted(data: Record) -> Answer:
    answer: Answer = _put_events(data)
    if answer[0] == 200:
        group = data["logGroupName"]
        for found in list(cloudwatch_logs._metric_filters.values()):
            if found["logGroupName"] == group:
                _act(found, data.get("logEvents", []))
        logs_kept.trim(group)
    return answer


@dataclass(frozen=True)
class _Value:
    """One log event's value of the metric, in its minute."""

    minute: int
    dimensions: tuple[tuple[str, str], ...]
    value: float


def _act(found: Record, events: list[Record]) -> None:
    """Put what the events are worth to a filter into its metric."""
    matches = condition(found["filterPattern"])
    to = found["metricTransformations"][0]
    values: Counter[_Value] = Counter()
    for event in events:
        if matches(event["message"]):
            values.update(_values(to, event))
    for each, often in values.items():
        _put(to, each.minute, dict(each.dimensions), {each.value: often})
    minutes = {_minute(event) for event in events}
    _tell_default(found, to, minutes, {each.minute for each in values})


def _values(to: Record, event: Record) -> Iterator[_Value]:
    """The event's value; none where a property that it is made of is not there."""
    given = str(to["metricValue"])
    value = _number(select(event["message"], given) if given.startswith("$") else given)
    chosen = {name: select(event["message"], at) for name, at in to.get("dimensions", {}).items()}
    if value is not None and None not in chosen.values():
        dimensions = tuple((name, str(each)) for name, each in chosen.items())
        yield _Value(_minute(event), dimensions, value)


def _tell_default(found: Record, to: Record, minutes: set[int], matched: set[int]) -> None:
    """The default value, once for each minute in which events came in and none matched so far.

    AWS looks at a minute when it is over. Here a match may follow; a default of 0 then adds
    nothing to the sum.
    """
    key = (get_account_id(), get_region(), found["logGroupName"], found["filterName"])
    for minute in sorted(minutes):
        if minute in matched or minute > _told.get(key, -1):
            if minute not in matched and to.get("defaultValue") is not None:
                _put(to, minute, {}, {float(to["defaultValue"]): 1})
            _told[key] = max(minute, _told.get(key, -1))


def _put(
    to: Record, minute: int, dimensions: Mapping[str, str], values: Mapping[float, float]
) -> None:
    cloudwatch_values.put(
        to["metricNamespace"],
        to["metricName"],
        dimensions,
        float(minute * MINUTE),
        values,
        to.get("unit", "None"),
    )


def _minute(event: Record) -> int:
    return int(event["timestamp"] // (1000 * MINUTE))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
