"""Alarms that PutMetricAlarm refuses: what AWS refuses, and what the sandbox does not judge."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.alarm_calls import ALARM, PENDING
from tests.support.emulator import Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"Period": 3600, "EvaluationPeriods": 169}, "the most for a Period of 3600 is 604800"),
        ({"Period": 300, "EvaluationPeriods": 289}, "the most for a Period of 300 is 86400"),
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "use one of GreaterThanOrEqual"),
        ({"ThresholdMetricId": "band"}, "leave out ThresholdMetricId"),
        ({"Statistic": None, "ExtendedStatistic": "tm90"}, "'tm90' is not supported"),
        ({"Threshold": None}, "Threshold is required"),
    ],
)
def test_an_alarm_that_cannot_be_judged_is_refused(
    account: Account, wrong: dict[str, Any], why: str
) -> None:
    """What AWS refuses, and what the sandbox does not judge, with a plain reason."""
    alarm = {name: value for name, value in (ALARM | wrong).items() if value is not None}
    code, message = refused(account.cloudwatch.put_metric_alarm, **alarm)
    assert (code, why in message) == ("ValidationError", True), message


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("desired - walking", "nothing has the id 'walking'"),
        ("desired -", "cannot be parsed"),
        ("MAX(desired)", "must be a single time series"),
        ("METRICS()", "must be a single time series"),
        ("ANOMALY_DETECTION_BAND(desired)", "no function ANOMALY_DETECTION_BAND"),
        ("SEARCH('{Shop} MetricName=\"desired\"', 'Sum', 60)", "SEARCH finds several"),
        ("pending + 1", "refer to each other"),
    ],
)
def test_an_expression_that_cannot_be_judged_is_refused(
    account: Account, expression: str, why: str
) -> None:
    """PutMetricAlarm says what is wrong with the expression."""
    *metrics, last = PENDING["Metrics"]
    alarm = PENDING | {"Metrics": [*metrics, {**last, "Expression": expression}]}
    code, message = refused(account.cloudwatch.put_metric_alarm, **alarm)
    assert (code, why in message) == ("ValidationError", True), message


def test_metrics_of_two_periods_are_refused(account: Account) -> None:
    """Each metric of an alarm's expression has the same period (user guide)."""
    first, *rest = PENDING["Metrics"]
    other = {**first, "MetricStat": {**first["MetricStat"], "Period": 300}}
    alarm = PENDING | {"Metrics": [other, *rest]}
    assert "the same Period" in refused(account.cloudwatch.put_metric_alarm, **alarm)[1]
