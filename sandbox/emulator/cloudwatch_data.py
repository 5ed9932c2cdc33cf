"""GetMetricData, GetMetricStatistics and ListMetrics over our metrics.

ministack's take a metric without dimensions for all of its name, and have no expressions.
"""

import math
import time
from collections.abc import Sequence

from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch_functions import MOST, Value
from sandbox.emulator.cloudwatch_metric import KEPT
from sandbox.emulator.cloudwatch_queries import (
    MINUTE,
    answer,
    check,
    datapoints,
    dimensions,
    period_of,
    returned,
)
from sandbox.emulator.cloudwatch_search import search
from sandbox.emulator.cloudwatch_values import Series, key, series
from sandbox.emulator.cloudwatch_wire import handler
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_MOST_STATISTICS = 1440  # datapoints of a GetMetricStatistics
_AHEAD = 2 * 3600  # seconds that a datapoint may be in the future (PutMetricData)


def install() -> None:
    """Answer these operations here."""
    cloudwatch._get_metric_data = handler("GetMetricData", _metric_data)
    cloudwatch._get_metric_statistics = handler("GetMetricStatistics", _metric_statistics)
    cloudwatch._list_metrics = handler("ListMetrics", _list_metrics)


def _metric_data(request: Record) -> Record:
    """GetMetricData: the newest first unless ScanBy says otherwise; never more than one page.

    On AWS a page has MOST datapoints; what would take a second one is refused.
    """
    start, end = _span(request)
    queries = request["MetricDataQueries"]
    check(queries, lambda *_: [])
    shortest = min([period_of(q["MetricStat"]) for q in queries if "MetricStat" in q] or [MINUTE])
    values = answer(
        queries,
        lambda stat: datapoints(stat, _aligned(start, period_of(stat)), end),
        _starts(_aligned(start, shortest), end, shortest),
        lambda query, statistic, period: search(query, statistic, period, start, end),
    )
    oldest_first = request.get("ScanBy") == "TimestampAscending"
    results = [
        _result(query["Id"], label, found, oldest_first)
        for query in returned(queries)
        for label, found in _labelled(query, values[query["Id"]])
    ]
    number = sum(len(result["Values"]) for result in results)
    if number > MOST:
        message = f"The sandbox answers with {MOST} datapoints at most, not {number}"
        raise _invalid(f"{message}: ask for less time, fewer metrics or a longer Period")
    return {"MetricDataResults": results}


def _labelled(query: Record, value: Value) -> list[tuple[str, Series]]:
    """A query's time series, each with its label."""
    own = query.get("Label")
    if isinstance(value, list):
        return [(f"{own or ''} {line.label}".strip(), line.series) for line in value]
    if isinstance(value, dict):
        name = query.get("MetricStat", {}).get("Metric", {}).get("MetricName")
        return [(own or name or query["Id"], value)]
    raise _invalid(f"Expression '{query['Id']}' is a number; it must be a time series")


def _result(ident: str, label: str, found: Series, oldest_first: bool) -> Record:
    times = sorted(found, reverse=not oldest_first)
    return {
        "Id": ident,
        "Label": label,
        "Timestamps": times,
        "Values": [found[at] for at in times],
        "StatusCode": "Complete",
    }


def _metric_statistics(request: Record) -> Record:
    """GetMetricStatistics."""
    start, end = _span(request)
    statistics = request.get("Statistics", [])
    extended = request.get("ExtendedStatistics", [])
    if bool(statistics) == bool(extended):
        message = "Specify either Statistics or ExtendedStatistics"
        raise Refusal("InvalidParameterCombination", message)
    name, space, period = request["MetricName"], request["Namespace"], request["Period"]
    _check_number(math.ceil((end - start) / period))
    where = dimensions(request)
    found: dict[float, Record] = {}
    metric = cloudwatch._metrics.get(key(space, name, where))
    for statistic in [*statistics, *extended]:
        first = _aligned(start, period)
        for at, value in series(space, name, where, statistic, period, first, end).items():
            point = found.setdefault(at, {"Timestamp": at, "Unit": metric.unit})
            values = point if statistics else point.setdefault("ExtendedStatistics", {})
            values[statistic] = value
    return {"Label": name, "Datapoints": list(found.values())}


def _list_metrics(request: Record) -> Record:
    """ListMetrics; a dimension without a value stands for any."""
    asked = request.get("Dimensions", [])
    listed = []
    for (space, name, _), metric in cloudwatch._metrics.items():
        fits = all(
            each["Name"] in metric.dimensions
            and each.get("Value") in (None, "", metric.dimensions[each["Name"]])
            for each in asked
        )
        if (
            fits
            and request.get("Namespace") in (None, "", space)
            and request.get("MetricName") in (None, "", name)
        ):
            where = [{"Name": n, "Value": v} for n, v in metric.dimensions.items()]
            listed.append({"Namespace": space, "MetricName": name, "Dimensions": where})
    return {"Metrics": listed}


def _span(request: Record) -> tuple[float, float]:
    start, end = (cloudwatch._parse_ts(request[name]) for name in ("StartTime", "EndTime"))
    if not start < end:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime.")
    return start, end


def _aligned(start: float, period: float) -> float:
    return start // period * period


def _starts(start: float, end: float, period: int) -> Sequence[int]:
    """The starts of the periods that begin before *end*, as far as datapoints are kept."""
    now = time.time()
    first = max(start, _aligned(now - KEPT, period))
    return range(int(first), math.ceil(min(end, now + _AHEAD)), period)


def _check_number(asked: int) -> None:
    if asked > _MOST_STATISTICS:
        message = (
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of "
            f"{_MOST_STATISTICS:,}. You may reduce the datapoints requested by increasing Period, "
            "or decreasing the time range."
        )
        raise Refusal("InvalidParameterCombination", message)


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationError", message)
