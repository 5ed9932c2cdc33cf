"""Graphs of a CloudWatch dashboard (CloudWatch API, dashboard body structure)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

MINUTE = 60
WIDTH, HEIGHT, COLUMNS = 8, 6, 24
Metric = list[Any]  # a row: namespace, name, dimensions in turn, then options
Widget = dict[str, Any]


def graph(
    region: str,
    title: str,
    metrics: Sequence[Metric],
    lines: Sequence[tuple[float, str]] = (),
) -> Widget:
    """Lines over time; *lines* are levels drawn across, each a value and its label."""
    properties: dict[str, Any] = {
        "title": title,
        "view": "timeSeries",
        "region": region,
        "period": MINUTE,
        "metrics": [*metrics],
        "yAxis": {"left": {"min": 0}},
    }
    if lines:
        properties["annotations"] = {
            "horizontal": [{"value": value, "label": label} for value, label in lines]
        }
    return {"type": "metric", "properties": properties}


def search(schema: str, query: str) -> list[Metric]:
    """Every metric that matches, as one graph's metrics: namespace and dimensions, then terms."""
    expression = f"SEARCH('{{{schema}}} {query}', 'Maximum', {MINUTE})"
    return [[{"expression": expression, "label": ""}]]


def flat(dimensions: Mapping[str, pulumi.Input[str]]) -> list[pulumi.Input[str]]:
    """Dimensions as a metric's row has them: names and values in turn."""
    return [part for dimension in dimensions.items() for part in dimension]


def placed(widgets: Sequence[Widget]) -> list[Widget]:
    """*widgets* in rows of three."""
    across = COLUMNS // WIDTH
    return [
        {
            **widget,
            "x": index % across * WIDTH,
            "y": index // across * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
        }
        for index, widget in enumerate(widgets)
    ]
