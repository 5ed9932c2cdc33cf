"""The emulator's metrics as clients query them: exact dimensions, expressions and searches."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import stepped
from tests.support.emulator import Account, Emulator, refused
from tests.support.metric_data import END, SERVICE, SPACE, START, fill, listed, of_task

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("emulator")
    with stepped.running(folder, at=END.isoformat()) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    account = Account(emulator.url)
    fill(account)
    return account


def stat(ident: str, name: str, dimensions: Mapping[str, str], **more: Any) -> dict[str, Any]:
    metric = {"Namespace": SPACE, "MetricName": name, "Dimensions": listed(dimensions)}
    return {
        "Id": ident,
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"},
        **more,
    }


def data(account: Account, *queries: dict[str, Any], **more: Any) -> dict[str, list[float]]:
    """The values of each result by its label, the oldest first."""
    asked: dict[str, Any] = {"ScanBy": "TimestampAscending", **more}
    answer = account.cloudwatch.get_metric_data(
        MetricDataQueries=list(queries), StartTime=START, EndTime=END, **asked
    )
    results = answer["MetricDataResults"]
    assert {result["StatusCode"] for result in results} <= {"Complete"}
    return {result["Label"]: result["Values"] for result in results}


def test_metric_data_has_exact_dimensions(account: Account) -> None:
    """Fewer dimensions are another metric, and none at all the metric without any."""
    name = "TaskCpuUtilization"
    found = data(
        account,
        stat("none", name, {}, Label="none"),
        stat("cluster", name, {"ClusterName": "main"}, Label="cluster"),
        stat("task", name, of_task("a1")),
        stat("part", name, {"TaskId": "a1"}, Label="part"),
    )
    assert found == {
        "none": [97.0],
        "cluster": [98.0] * 3,
        "TaskCpuUtilization": [40.0] * 3,
        "part": [],
    }


def test_expressions_are_answered(account: Account) -> None:
    """Pending tasks are desired less running; a query can stay out of the answer."""
    counts = [
        stat(name.lower(), f"{name}TaskCount", SERVICE, ReturnData=False)
        for name in ("Desired", "Running")
    ]
    pending = {"Id": "pending", "Expression": "desired - running"}
    assert data(account, pending, *counts) == {"pending": [0.0, 1.0, 2.0]}


def test_the_newest_comes_first(account: Account) -> None:
    """Unless ScanBy asks for the oldest (API reference)."""
    query = stat("desired", "DesiredTaskCount", SERVICE)
    answer = account.cloudwatch.get_metric_data(
        MetricDataQueries=[query], StartTime=START, EndTime=END
    )["MetricDataResults"][0]
    assert answer["Values"] == [7.0, 6.0, 5.0]
    assert answer["Timestamps"][-1] == START


def test_a_search_finds_each_task_of_the_cluster(account: Account) -> None:
    """The dashboard's lines of single tasks (S3-18, S3-21): exact names, exact values."""
    schema = f"{{{SPACE},ClusterName,TaskDefinitionFamily,TaskId}}"
    found = (
        f"SEARCH('{schema} MetricName=\"TaskCpuUtilization\" ClusterName=\"main\"', 'Maximum', 60)"
    )
    assert data(account, {"Id": "e1", "Expression": found, "Label": ""}) == {
        "main web a1": [40.0] * 3,
        "main web b2": [90.0, 91.0, 92.0],
    }
    hottest = {"Id": "e1", "Expression": f"MAX({found})"}
    assert data(account, hottest) == {"e1": [90.0, 91.0, 92.0]}


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("desired +", "cannot be parsed"),
        ("nope", "nothing has the id 'nope'"),
        ("MAX(desired)", "is a number; it must be a time series"),
        ("SEARCH('MetricName', 'Sum', 60)", "is not of the form"),
        ("SEARCH('{A,B} C=\"d\"', 'Mean', 60)", "Statistic 'Mean' is not supported"),
    ],
)
def test_bad_queries_are_refused(account: Account, expression: str, why: str) -> None:
    """ValidationError, and the expression's fault in plain words."""
    code, message = refused(
        account.cloudwatch.get_metric_data,
        MetricDataQueries=[
            stat("desired", "DesiredTaskCount", SERVICE),
            {"Id": "e1", "Expression": expression},
        ],
        StartTime=START,
        EndTime=END,
    )
    assert (code, why in message) == ("ValidationError", True), message


def query(**more: Any) -> dict[str, Any]:
    """Desired tasks, where a minute has none the value before it."""
    return {"Id": "filled", "Expression": "FILL(desired, REPEAT)", **more}


def test_a_time_span_without_bounds_is_answered_from_what_is_kept(account: Account) -> None:
    """From 1970 to 2200 in minutes: the eight days that are kept, and two hours ahead."""
    desired = stat("desired", "DesiredTaskCount", SERVICE, ReturnData=False)
    answer = account.cloudwatch.get_metric_data(
        MetricDataQueries=[desired, query()],
        StartTime=datetime(1970, 1, 1, tzinfo=UTC),
        EndTime=datetime(2200, 1, 1, tzinfo=UTC),
    )["MetricDataResults"][0]
    assert (answer["Values"][0], answer["Values"][-1]) == (7.0, 5.0)
    assert answer["Timestamps"][-1] == START
    assert END < answer["Timestamps"][0] <= END + timedelta(hours=2)


def test_more_datapoints_than_a_page_are_refused(account: Account) -> None:
    """Every second of eight days would be 691,200; AWS gives 100,800 on a page."""
    desired = stat("desired", "DesiredTaskCount", SERVICE)
    desired["MetricStat"]["Period"] = 1
    code, message = refused(
        account.cloudwatch.get_metric_data,
        MetricDataQueries=[desired, query()],
        StartTime=datetime(1970, 1, 1, tzinfo=UTC),
        EndTime=END,
    )
    assert code == "ValidationError"
    assert "FILL would make 691200 datapoints; the most is 100800" in message
