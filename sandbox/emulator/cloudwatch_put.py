"""PutMetricData, and what ministack's own services publish."""

import math
import time
from collections.abc import Mapping
from typing import Any

from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch_queries import dimensions
from sandbox.emulator.cloudwatch_values import add, put
from sandbox.emulator.cloudwatch_wire import handler
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_SET = ("SampleCount", "Sum", "Minimum", "Maximum")


def install() -> None:
    """Let every datapoint come into our metrics; nothing is judged by its arrival."""
    cloudwatch._put_metric_data = handler("PutMetricData", _put_metric_data)
    cloudwatch.record_metric = _record
    cloudwatch._evict_old_metrics = lambda: None  # cloudwatch_values.forget() does it


def _put_metric_data(request: Record) -> Record:
    """PutMetricData: all of it or, when a datum is refused, nothing."""
    found = [(datum, _samples(datum)) for datum in request.get("MetricData", [])]
    for datum, samples in found:
        at = cloudwatch._parse_ts(datum.get("Timestamp"))
        for each in samples:
            add(
                request["Namespace"],
                datum["MetricName"],
                dimensions(datum),
                datum.get("Unit", "None"),
                time.time() if at is None else at,
                each,
            )
    return {}


def _samples(datum: Record) -> list[tuple[float, float, float, float]]:
    """The statistic sets of a MetricDatum; each of its values is one."""
    values = datum.get("Values", [datum["Value"]] if "Value" in datum else [])
    counts = datum.get("Counts", [1.0] * len(values))
    if len(counts) != len(values):
        raise _invalid(datum, f"{len(values)} Values and {len(counts)} Counts; make them as many")
    if "StatisticValues" in datum:
        sets = [[float(datum["StatisticValues"][name]) for name in _SET]]
    else:
        seen = ((float(v), float(c)) for v, c in zip(values, counts, strict=True))
        sets = [[count, value * count, value, value] for value, count in seen]
    if not sets:
        raise _invalid(datum, "no value; give Value, Values or StatisticValues")
    if not all(math.isfinite(number) for each in sets for number in each):
        raise _invalid(datum, "a value that is no finite number")
    return [(each[0], each[1], each[2], each[3]) for each in sets if each[0] > 0]


def _record(
    namespace: str,
    name: str,
    value: float,
    unit: str = "None",
    dimensions: Mapping[str, str] | None = None,
) -> None:
    """One value now, of a service of ministack's."""
    put(namespace, name, dimensions or {}, time.time(), {float(value): 1.0}, unit)


def _invalid(datum: Mapping[str, Any], what: str) -> Refusal:
    message = f"The datum of {datum['MetricName']} has {what}."
    return Refusal("InvalidParameterValue", message)
