"""The dashboard's body."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import ValidationError

from infra.alarms import Watched
from infra.dashboard import Levels
from infra.observability import Observability
from tests.support import dashboard_body
from tests.support.program import Program, register
from tests.unit.test_observability import ARGS

LEVELS = Levels(min=2, max=8, cpu_target=60, memory_target=None, connection_limit=405)
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"


def built() -> Program:
    return register(lambda: Observability("x", replace(ARGS, levels=LEVELS)))


def widgets() -> dict[str, dict[str, Any]]:
    """Widgets of the registered body by title."""
    body = json.loads(built().one(DASHBOARD).inputs["dashboardBody"])
    return {widget["properties"]["title"]: widget for widget in body["widgets"]}


def test_dashboard_shows_load_tasks_and_refusals() -> None:
    """The body has every graph that the practice asks for, each with metrics (S3-21, S2-02)."""
    shown = widgets()
    assert list(shown) == [
        "Requests a minute",
        "Latency (s)",
        "Errors a minute",
        "CPU of the service (%)",
        "Memory of the service (%)",
        "Tasks",
        "CPU of each task (%)",
        "Memory of each task (%)",
        "Targets",
        "Database connections",
        "Refused by the firewall",
        "Sessions: open connections, websockets among them",
    ]
    assert all(widget["properties"]["metrics"] for widget in shown.values())
    assert {widget["properties"]["region"] for widget in shown.values()} == {"eu-west-1"}


def test_counts_stand_against_their_bounds() -> None:
    """Desired, running and pending tasks are drawn with the minimum and maximum (S2-02)."""
    tasks = widgets()["Tasks"]["properties"]
    assert [row[1] for row in tasks["metrics"]] == [
        "DesiredTaskCount",
        "RunningTaskCount",
        "PendingTaskCount",
    ]
    assert tasks["annotations"]["horizontal"] == [
        {"value": 2, "label": "min"},
        {"value": 8, "label": "max"},
    ]


def test_single_tasks_are_visible() -> None:
    """The average has the hottest task beside it, and each task has a line of its own (S3-18)."""
    shown = widgets()
    rows = shown["CPU of the service (%)"]["properties"]["metrics"]
    assert [row[-1]["stat"] for row in rows] == ["Average", "Maximum"]
    ((search,),) = shown["CPU of each task (%)"]["properties"]["metrics"]
    assert search["expression"] == (
        "SEARCH('{ECS/ContainerInsights,ClusterName,TaskDefinitionFamily,TaskId} "
        'MetricName="TaskCpuUtilization" ClusterName="c"\', \'Maximum\', 60)'
    )


def test_levels_are_drawn_where_there_is_one() -> None:
    """Targets and the database's limit are lines; a metric without a target has none."""
    shown = {title: w["properties"].get("annotations") for title, w in widgets().items()}
    assert shown["CPU of the service (%)"] == {"horizontal": [{"value": 60, "label": "target"}]}
    assert shown["Memory of the service (%)"] is None
    assert shown["Database connections"] == {"horizontal": [{"value": 405, "label": "limit"}]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("widgets", 0, "type"), "chart"),
        (("widgets", 0, "x"), 24),
        (("widgets", 0, "properties", "region"), None),
        (("widgets", 0, "properties", "metrics", 0), ["AWS/ECS", "CPUUtilization", "ClusterName"]),
        (("widgets", 0, "properties", "metrics", 0, -1), {"statistic": "Sum"}),
        (("start",), "6 hours ago"),
    ],
)
def test_body_is_as_the_reference_has_it(path: tuple[Any, ...], value: Any) -> None:
    """The whole body fits AWS's structure (S3-21), and the check knows what does not."""
    body = json.loads(built().one(DASHBOARD).inputs["dashboardBody"])
    dashboard_body.check(body)
    *above, last = path
    at = body
    for step in above:
        at = at[step]
    at[last] = value
    with pytest.raises(ValidationError):
        dashboard_body.check(body)


def test_widgets_do_not_overlap() -> None:
    """Every widget has its own place in the grid of 24 columns."""
    places = [(w["x"], w["y"], w["width"], w["height"]) for w in widgets().values()]
    cells = [(x + i, y + j) for x, y, w, h in places for i in range(w) for j in range(h)]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_dashboard_is_left_out_on_request() -> None:
    """A stage that wants no dashboard has none."""
    program = register(lambda: Observability("x", replace(ARGS, levels=None)))
    assert program.of_type(DASHBOARD) == []


def test_each_group_has_its_lines() -> None:
    """Healthy and unhealthy targets are drawn for every target group."""
    watched: Watched = replace(
        ARGS.watched, target_group_suffixes={"http": "tg/1", "websocket": "tg/2"}
    )
    args = replace(ARGS, watched=watched, levels=LEVELS)
    body = register(lambda: Observability("x", args)).one(DASHBOARD).inputs["dashboardBody"]
    (targets,) = [
        widget["properties"]["metrics"]
        for widget in json.loads(body)["widgets"]
        if widget["properties"]["title"] == "Targets"
    ]
    assert [row[-1]["label"] for row in targets] == [
        "http healthy",
        "http unhealthy",
        "websocket healthy",
        "websocket unhealthy",
    ]
