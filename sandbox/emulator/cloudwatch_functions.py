"""The operations and functions of metric math, on numbers, time series and arrays of them.

A missing value counts as 0 beside one that is there, and a datapoint that has no value (a division
by zero) is dropped: CloudWatch user guide, "Metric math syntax and functions".
"""

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.emulator.cloudwatch_values import Series


@dataclass(frozen=True)
class Line:
    """One time series of an array, by its label."""

    label: str
    series: Series


MOST = 100_800  # datapoints of a time series; GetMetricData has that many on a page
Value: TypeAlias = float | Series | list[Line]
Operation: TypeAlias = Callable[[float, float], Any]


class MathError(ValueError):
    """An expression that means nothing; the text says why."""


def paired(operation: Operation, left: Value, right: Value) -> Value:
    """An operation between two values; an array goes through it series by series."""
    if isinstance(left, list) and isinstance(right, list):
        raise MathError("an operation between two arrays is not possible")
    if isinstance(left, list):
        return [Line(each.label, _series(operation, each.series, right)) for each in left]
    if isinstance(right, list):
        return [Line(each.label, _series(operation, left, each.series)) for each in right]
    if isinstance(left, dict) or isinstance(right, dict):
        return _series(operation, left, right)
    return _number(operation, left, right)


def _series(operation: Operation, left: Value, right: Value) -> Series:
    times: set[float] = set()
    for side in (left, right):
        if isinstance(side, dict):
            times.update(side)
    return _kept((at, _number(operation, _at(left, at), _at(right, at))) for at in sorted(times))


def _at(value: Value, moment: float) -> float:
    if isinstance(value, dict):
        return value.get(moment, 0.0)
    assert not isinstance(value, list)
    return value


def _number(operation: Operation, left: float, right: float) -> float:
    """The result of an operation, NaN where there is none."""
    try:
        result = operation(left, right)
    except (ZeroDivisionError, OverflowError):
        return math.nan
    return math.nan if isinstance(result, complex) else float(result)


def _kept(points: Iterable[tuple[float, float]]) -> Series:
    return {at: value for at, value in points if not math.isnan(value)}


def fill(what: Value, filler: Value | None, times: Sequence[float]) -> Value:
    """FILL: *filler*, or without one the value before, wherever a period has none."""
    if isinstance(what, list):
        return [Line(each.label, _filled(each.series, filler, times)) for each in what]
    if isinstance(what, dict):
        return _filled(what, filler, times)
    raise MathError("FILL is for time series")


def _filled(series: Series, filler: Value | None, times: Sequence[float]) -> Series:
    if isinstance(filler, list):
        raise MathError("FILL takes a number, a time series or REPEAT to fill with")
    if len(times) > MOST:
        raise MathError(f"FILL would make {len(times)} datapoints; the most is {MOST}")
    filled: Series = {}
    last: float | None = None
    for at in times:
        last = series.get(at, last)
        instead = last if filler is None else _at(filler, at)
        value = series.get(at, instead)
        if value is not None:
            filled[at] = value
    return filled


def _of_each(change: Callable[[Series], Series]) -> Callable[..., Value]:
    """A function of a time series, or of each in an array."""

    def function(*arguments: Value) -> Value:
        match arguments:
            case [dict() as series]:
                return change(series)
            case [list() as lines]:
                return [Line(each.label, change(each.series)) for each in lines]
        raise MathError("the function takes one time series or one array")

    return function


def _difference(series: Series) -> Series:
    times = sorted(series)
    return {b: series[b] - series[a] for a, b in itertools.pairwise(times)}


def _over(summary: Callable[[list[float]], float], missing: float | None) -> Callable[..., Value]:
    """A number from a time series, or a time series from an array, period by period.

    *missing* stands in where a series of the array has no value; None leaves it out.
    """

    def function(*arguments: Value) -> Value:
        match arguments:
            case [dict() as series]:
                return summary(list(series.values())) if series else math.nan
            case [list() as lines]:
                times = sorted({at for line in lines for at in line.series})
                found = ((at, [line.series.get(at, missing) for line in lines]) for at in times)
                return {at: summary([v for v in vs if v is not None]) for at, vs in found}
        raise MathError("the function takes one time series or one array")

    return function


def choose(*arguments: Value) -> Value:
    """IF: the second value where the first is not 0, else the third, if there is one."""
    if len(arguments) not in (2, 3) or any(isinstance(each, list) for each in arguments):
        raise MathError("IF takes a condition and one or two values, none of them an array")
    condition, then, *rest = arguments
    other: Value = rest[0] if rest else {}
    if not isinstance(condition, dict):
        return then if condition else other
    chosen: Series = {}
    for at, held in condition.items():
        if held:
            chosen[at] = _at(then, at)
        elif not isinstance(other, dict) or at in other:
            chosen[at] = _at(other, at)
    return _kept(chosen.items())


ARITHMETIC: dict[str, Operation] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "Pow": operator.pow,
}
COMPARED: dict[str, Operation] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}
FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ABS": _of_each(lambda series: {at: abs(value) for at, value in series.items()}),
    "AVG": _over(lambda values: sum(values) / len(values), 0.0),
    "DIFF": _of_each(_difference),
    "IF": choose,
    "MAX": _over(max, None),
    "MIN": _over(min, None),
    "SUM": _over(sum, 0.0),
}
