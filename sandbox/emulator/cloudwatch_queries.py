"""Metric queries, of alarms and of GetMetricData: metrics, and expressions over them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from sandbox.emulator.cloudwatch_math import Expression, MathError, Scope, Search, Value
from sandbox.emulator.cloudwatch_values import Series, check_statistic, series
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

MINUTE = 60
Answered = TypeVar("Answered")
Fetch = Callable[[Record], Series]  # a MetricStat's datapoints


def answer(
    queries: Sequence[Record],
    fetch: Fetch,
    times: Sequence[float],
    search: Search | None = None,
) -> dict[str, Value]:
    """The value of each query by its id; *times* are the starts of the periods asked for.

    Raises Refusal for an expression that means nothing.
    """
    known: dict[str, Value] = {q["Id"]: fetch(q["MetricStat"]) for q in queries if _metric(q)}
    scope = Scope(known, list(known), times, search)
    waiting = {q["Id"]: _parsed(q) for q in queries if not _metric(q)}
    while waiting:
        ready = [i for i, expression in waiting.items() if not expression.names & waiting.keys()]
        if not ready:
            names = ", ".join(sorted(waiting))
            raise Refusal("ValidationError", f"The expressions {names} refer to each other")
        for ident in ready:
            known[ident] = _sound(ident, partial(waiting.pop(ident).value, scope))
    return known


def datapoints(stat: Record, start: float, end: float) -> Series:
    """The datapoints of a MetricStat, in periods that follow each other from *start*."""
    metric = stat["Metric"]
    return series(
        metric.get("Namespace", ""),
        metric.get("MetricName", ""),
        dimensions(metric),
        stat["Stat"],
        period_of(stat),
        start,
        end,
    )


def period_of(stat: Record) -> int:
    """The Period of a MetricStat; a minute in a scaling policy's, which has none."""
    return int(stat.get("Period", MINUTE))


def dimensions(record: Record) -> dict[str, str]:
    """The dimensions of a metric or an alarm."""
    return {each["Name"]: each["Value"] for each in record.get("Dimensions") or []}


def check(queries: Sequence[Record], search: Search | None = None) -> dict[str, Value]:
    """Refuse queries that could never be answered; values of the kind that each will have."""
    ids = [query["Id"] for query in queries]
    if len(set(ids)) < len(ids):
        raise Refusal("ValidationError", "The ids of the metrics list must be unique")
    for query in queries:
        if _metric(query) == ("Expression" in query):
            message = f"Query {query['Id']!r} needs either MetricStat or Expression"
            raise Refusal("ValidationError", message)
        if _metric(query):
            check_statistic(query["MetricStat"]["Stat"])
    return answer(queries, lambda _: {0.0: 1.0}, [0.0], search)


def returned(queries: Sequence[Record]) -> list[Record]:
    """The queries whose answers are asked for."""
    return [query for query in queries if query.get("ReturnData", True)]


def single(queries: Sequence[Record], values: Mapping[str, Value]) -> Series:
    """The time series that an alarm watches. Raises Refusal where it is not exactly one."""
    chosen = returned(queries)
    if len(chosen) != 1:
        message = "Exactly one element of the metrics list should return data."
        raise Refusal("ValidationError", message)
    found = values[chosen[0]["Id"]]
    if not isinstance(found, dict):
        message = "The expression that returns data must be a single time series"
        raise Refusal("ValidationError", message)
    return found


def _metric(query: Mapping[str, object]) -> bool:
    return "MetricStat" in query


def _parsed(query: Record) -> Expression:
    return _sound(query["Id"], lambda: Expression(query["Expression"]))


def _sound(ident: str, work: Callable[[], Answered]) -> Answered:
    try:
        return work()
    except MathError as error:
        message = f"Error in expression '{ident}': {error}"
        raise Refusal("ValidationError", message) from error
