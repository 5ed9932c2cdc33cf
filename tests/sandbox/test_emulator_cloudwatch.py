"""CloudWatch in the emulator: alarms of every kind kept whole, bad ones and dashboards refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulator import Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox
PLAIN = {
    "AlarmName": "plain",
    "AlarmDescription": "too busy",
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Statistic": "Maximum",
    "Dimensions": [{"Name": "ClusterName", "Value": "main"}],
    "Period": 60,
    "EvaluationPeriods": 5,
    "DatapointsToAlarm": 3,
    "Threshold": 90.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
    "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:alerts"],
    "OKActions": ["arn:aws:sns:eu-west-1:123456789012:alerts"],
}
METRIC = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount"}
MATH: dict[str, Any] = {
    "AlarmName": "math",
    "EvaluationPeriods": 3,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Metrics": [
        {"Id": "rate", "Expression": "100 * a", "Label": "share", "ReturnData": True},
        {
            "Id": "a",
            "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        },
    ],
}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


def kept(account: Account, name: str) -> dict[str, Any]:
    """The alarm of a name."""
    return dict(account.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0])


def test_alarm_on_one_metric_is_read_back(account: Account) -> None:
    """Every declared member of a plain alarm, and its tags."""
    account.cloudwatch.put_metric_alarm(**PLAIN, Tags=[{"Key": "Stage", "Value": "test"}])
    found = kept(account, "plain")
    assert {name: found.get(name) for name in PLAIN} == PLAIN
    tags = account.cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    assert tags == [{"Key": "Stage", "Value": "test"}]


def test_metric_math_alarm_is_read_back(account: Account) -> None:
    """Metrics[] is kept, and nothing of an alarm on one metric is made up."""
    account.cloudwatch.put_metric_alarm(**MATH)
    found = kept(account, "math")
    assert {name: found.get(name) for name in MATH} == MATH
    assert not {"MetricName", "Namespace", "Statistic", "Period"} & set(found)


def test_percentile_alarm_has_no_plain_statistic(account: Account) -> None:
    """ExtendedStatistic stands alone."""
    alarm = {n: v for n, v in PLAIN.items() if n != "Statistic"} | {"ExtendedStatistic": "p99"}
    account.cloudwatch.put_metric_alarm(**alarm)
    found = kept(account, "plain")
    assert (found["ExtendedStatistic"], "Statistic" in found) == ("p99", False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ComparisonOperator": "Greater"},
        {"Period": 45},
        {"TreatMissingData": "bogus"},
        {"DatapointsToAlarm": 6},
        {"ExtendedStatistic": "p99"},
        {"Metrics": MATH["Metrics"]},
    ],
)
def test_alarm_is_refused(account: Account, wrong: dict[str, Any]) -> None:
    """PutMetricAlarm's enumerations, periods and exclusive members."""
    assert refused(account.cloudwatch.put_metric_alarm, **(PLAIN | wrong))[0] == "ValidationError"


def test_dashboard_body_is_checked(account: Account) -> None:
    """A good body is kept to the letter; JSON that is none, or widgets that are none, are not."""
    text = {"type": "text", "x": 0, "y": 0, "width": 24, "height": 2}
    good = json.dumps({"widgets": [text | {"properties": {"markdown": "# Web"}}]})
    cloudwatch = account.cloudwatch
    cloudwatch.put_dashboard(DashboardName="web", DashboardBody=good)
    assert cloudwatch.get_dashboard(DashboardName="web")["DashboardBody"] == good
    for bad in (
        "{",
        "[]",
        json.dumps({"widgets": [text]}),
        json.dumps({"widgets": [{"type": "x"}]}),
    ):
        code, _ = refused(cloudwatch.put_dashboard, DashboardName="web", DashboardBody=bad)
        assert code == "InvalidParameterInput", bad
