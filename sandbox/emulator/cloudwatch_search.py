"""SEARCH: every metric that fits (CloudWatch user guide, "CloudWatch search expression syntax").

What is offered: `{Namespace,Dimension,…} Key="value" …` with exact values, joined by AND or by
nothing, where a key is MetricName or a dimension.
"""

import re
from collections.abc import Iterator, Mapping

from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch_functions import Line, MathError
from sandbox.emulator.cloudwatch_metric import Metric
from sandbox.emulator.cloudwatch_values import check_statistic, series

_SEARCH = re.compile(r"\s*\{([^{}]*)\}((?:\s+(?:AND\s+)?:?[\w.]+=\"[^\"]*\")*)\s*")
_TERM = re.compile(r"(?:AND\s+)?:?([\w.]+)=\"([^\"]*)\"")


def search(query: str, statistic: str, period: int, start: float, end: float) -> list[Line]:
    """The metrics that *query* finds, in the order of their dimensions' values."""
    check_statistic(statistic)
    namespace, names, terms = _read(query)
    lines = []
    for name, metric in metrics(namespace):
        known = {**metric.dimensions, "MetricName": name}
        exact = metric.dimensions.keys() == set(names)
        if exact and all(known.get(key) == value for key, value in terms.items()):
            label = " ".join(metric.dimensions[each] for each in names) or name
            first = start // period * period
            found = series(namespace, name, metric.dimensions, statistic, period, first, end)
            lines.append(Line(label, found))
    return sorted(lines, key=lambda line: line.label)


def metrics(namespace: str | None) -> Iterator[tuple[str, Metric]]:
    """Name and datapoints of every metric in a namespace of the caller's account and region."""
    for (space, name, _), metric in cloudwatch._metrics.items():
        if space == namespace:
            yield name, metric


def _read(query: str) -> tuple[str, list[str], Mapping[str, str]]:
    """Namespace, names of dimensions, and the terms of a search."""
    found = _SEARCH.fullmatch(query)
    parts = [part.strip().strip('"') for part in found[1].split(",")] if found else [""]
    if found is None or not all(parts):
        raise MathError(f'the search {query!r} is not of the form {{Namespace,…}} Key="value" …')
    return parts[0], parts[1:], dict(_TERM.findall(found[2]))
