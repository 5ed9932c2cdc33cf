"""The emulator's metrics as clients put and list them, and their statistics."""

import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
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


def test_statistics_of_a_metric(account: Account) -> None:
    """GetMetricStatistics aligns its periods and keeps the metric's unit."""
    answer = account.cloudwatch.get_metric_statistics(
        Namespace=SPACE,
        MetricName="TaskCpuUtilization",
        Dimensions=listed(of_task("b2")),
        StartTime=START + timedelta(seconds=30),
        EndTime=END,
        Period=300,
        Statistics=["Average", "SampleCount"],
    )
    assert answer["Label"] == "TaskCpuUtilization"
    point = {"Timestamp": START, "Unit": "Percent", "Average": 91.0, "SampleCount": 3.0}
    assert answer["Datapoints"] == [point]


@pytest.mark.parametrize(
    ("datum", "why"),
    [
        ({"Value": float("nan")}, "no finite number"),
        ({"Values": [1.0, float("inf")]}, "no finite number"),
        ({"Values": [1.0, 2.0], "Counts": [1.0]}, "2 Values and 1 Counts"),
        ({}, "no value"),
    ],
)
def test_a_bad_datum_is_refused_with_all_beside_it(
    account: Account, datum: dict[str, Any], why: str
) -> None:
    """Nothing of a call with a value that is none comes into the metrics."""
    good = {"MetricName": "Good", "Value": 1.0}
    code, message = refused(
        account.cloudwatch.put_metric_data,
        Namespace=SPACE,
        MetricData=[good, {"MetricName": "Bad", **datum}],
    )
    assert (code, why in message) == ("InvalidParameterValue", True), message
    assert account.cloudwatch.list_metrics(MetricName="Good")["Metrics"] == []


def test_a_statistic_set_is_kept_as_it_is(account: Account) -> None:
    """SampleCount, Sum, Minimum and Maximum of many values; it has no percentile."""
    sums = {"SampleCount": 4.0, "Sum": 10.0, "Minimum": 1.0, "Maximum": 5.0}
    datum = {"MetricName": "Set", "StatisticValues": sums, "Timestamp": START}
    account.cloudwatch.put_metric_data(Namespace=SPACE, MetricData=[datum])
    span = {"StartTime": START, "EndTime": END, "Period": 60}
    about = {"Namespace": SPACE, "MetricName": "Set", **span}
    asked = [*sums, "Average"]
    read = account.cloudwatch.get_metric_statistics
    point = {"Timestamp": START, "Unit": "None", **sums, "Average": 2.5}
    assert read(**about, Statistics=asked)["Datapoints"] == [point]
    assert read(**about, ExtendedStatistics=["p50"])["Datapoints"] == []


def test_metrics_are_listed_by_dimension(account: Account) -> None:
    """A dimension without a value stands for any."""
    found = account.cloudwatch.list_metrics(
        Namespace=SPACE, Dimensions=[{"Name": "TaskId"}, {"Name": "ClusterName", "Value": "main"}]
    )["Metrics"]
    assert [{d["Name"]: d["Value"] for d in metric["Dimensions"]} for metric in found] == [
        of_task("a1"),
        of_task("b2"),
    ]


def test_the_old_protocol_is_answered_too(emulator: Emulator, account: Account) -> None:
    """Older clients send forms and read XML."""
    fields = {
        "Action": "GetMetricStatistics",
        "Namespace": SPACE,
        "MetricName": "DesiredTaskCount",
        "StartTime": START.isoformat(),
        "EndTime": END.isoformat(),
        "Period": "60",
        "Statistics.member.1": "Sum",
        **{
            f"Dimensions.member.{n}.{part}": text
            for n, pair in enumerate(listed(SERVICE), 1)
            for part, text in pair.items()
        },
    }
    request = urllib.request.Request(
        emulator.url,
        data=urllib.parse.urlencode(fields).encode(),
        headers={
            "Authorization": f"AWS4-HMAC-SHA256 Credential={account.name}/20261122/eu-west-1/"
            "monitoring/aws4_request, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
    assert "<Timestamp>2026-11-22T10:02:00.000Z</Timestamp>" in text
    assert "<Sum>7.0</Sum>" in text


def test_statistics_have_1440_datapoints_at_most(account: Account) -> None:
    """A day of minutes is answered, a second more refused (API reference)."""
    about = {"Namespace": SPACE, "MetricName": "DesiredTaskCount", "Period": 60}
    asked = {**about, "Dimensions": listed(SERVICE), "Statistics": ["Sum"], "EndTime": END}
    read = account.cloudwatch.get_metric_statistics
    assert len(read(**asked, StartTime=END - timedelta(days=1))["Datapoints"]) == 3
    code, message = refused(read, **asked, StartTime=END - timedelta(days=1, seconds=1))
    assert code == "InvalidParameterCombination"
    assert "requested up to 1,441 datapoints, which exceeds the limit of 1,440" in message
