"""What CloudWatch keeps of metrics, and their statistics over time.

The metrics are in ministack's store. Calls work in the caller's account and region.
"""

import time
from collections.abc import Mapping
from typing import Any, TypeAlias

from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch_metric import KEPT, STATISTICS, Metric
from sandbox.emulator.refusals import Refusal

Series: TypeAlias = dict[float, float]  # start of a period in seconds -> value


def put(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    at: float,
    values: Mapping[float, float],
    unit: str = "None",
) -> None:
    """Add datapoints in the caller's account and region.

    *values*: value -> how often it was seen, above 0; *at*: sandbox second. No values, no metric.
    """
    for value, count in values.items():
        add(namespace, name, dimensions, unit, at, (count, value * count, value, value))


def add(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    unit: str,
    at: float,
    samples: tuple[float, float, float, float],
) -> None:
    """Add a statistic set: SampleCount, Sum, Minimum, Maximum."""
    where = key(namespace, name, dimensions)
    metric = cloudwatch._metrics.get(where)
    if metric is None:
        metric = cloudwatch._metrics[where] = Metric(dimensions, unit)
    metric.unit = unit
    metric.add(at, *samples)


def series(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    statistic: str,
    period: float,
    start: float,
    end: float,
) -> Series:
    """A statistic of the metric with exactly these dimensions: start of a period -> value.

    Periods of *period* seconds follow each other from *start*, whatever that is; what is at *end*
    or later does not count. Raises Refusal for a statistic that the sandbox does not offer.
    """
    check_statistic(statistic)
    metric, found = cloudwatch._metrics.get(key(namespace, name, dimensions)), Series()
    if metric is None:
        return found
    moment = start + max(0.0, (metric.oldest - start) // period * period)
    while moment < end and moment <= metric.newest:
        value = metric.statistic(statistic, moment, min(moment + period, end))
        if value is not None:
            found[moment] = value
        moment += period
        if moment <= metric.newest:  # short periods without a datapoint may be very many
            moment += (metric.next(moment) - moment) // period * period
    return found


def check_statistic(name: str) -> None:
    """Refuse what is neither a statistic nor a percentile."""
    percentile = cloudwatch._is_percentile_stat(name) and 0 <= float(name[1:]) <= 100
    if name not in STATISTICS and not percentile:
        offered = ", ".join(STATISTICS)
        message = (
            f"Statistic {name!r} is not supported: the sandbox offers {offered} and p0 to p100"
        )
        raise Refusal("ValidationError", message)


def key(namespace: str, name: str, dimensions: Mapping[str, str]) -> tuple[str, str, Any]:
    """What tells a metric from every other of an account and region."""
    return namespace, name, tuple(sorted(dimensions.items()))


def forget() -> None:
    """Drop the metrics of every account that have had no datapoint for KEPT seconds."""
    oldest = time.time() - KEPT
    for where, metric in cloudwatch._metrics.all_items():
        if metric.newest < oldest:
            del cloudwatch._metrics._data[where]
