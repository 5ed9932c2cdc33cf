"""Alarms on a stepped clock: judged each minute, told to a topic once, set by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import stepped
from tests.support.alarm_calls import ALARM, PENDING
from tests.support.emulator import Account
from tests.support.stepped import Stepped

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stepped]:
    with stepped.running(tmp_path_factory.mktemp("emulator")) as aws:
        yield aws


@pytest.fixture
def account(aws: Stepped) -> Account:
    return Account(aws.url)


def minute(aws: Stepped, account: Account, service: str = "web", **values: float) -> None:
    """Puts values into the present minute and lets it be judged."""
    aws.forward(seconds=(35 - aws.now().second) % 60)
    start = aws.now().replace(second=0)
    where = [{"Name": "Service", "Value": service}] if "Busy" in values else []
    data = [
        {"MetricName": n, "Value": v, "Timestamp": start, "Dimensions": where}
        for n, v in values.items()
    ]
    if data:
        account.cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
    aws.forward(seconds=60)


def state(account: Account, name: str = "busy") -> str:
    return str(found(account, name)["StateValue"])


def found(account: Account, name: str = "busy") -> dict[str, Any]:
    return dict(account.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0])


def topic(account: Account) -> tuple[str, str]:
    """A topic, and the queue that hears it."""
    topic = account.sns.create_topic(Name="alarms")["TopicArn"]
    queue = account.sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    account.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
    return topic, queue


def heard(account: Account, queue: str) -> list[tuple[str, str]]:
    """What the queue holds: old and new state of each message."""
    told = []
    while messages := account.sqs.receive_message(QueueUrl=queue).get("Messages"):
        for message in messages:
            body = json.loads(json.loads(message["Body"])["Message"])
            told.append((body["OldStateValue"], body["NewStateValue"]))
            account.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return told


def test_a_topic_hears_of_each_change_once(aws: Stepped, account: Account) -> None:
    """ALARM for four minutes is one message, and the way back another."""
    name, queue = topic(account)
    account.cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[name], OKActions=[name])
    for value in (50.0, 60.0, 85.0, 85.0, 85.0, 85.0, 50.0, 50.0):
        minute(aws, account, Busy=value)
    assert heard(account, queue) == [
        ("INSUFFICIENT_DATA", "OK"),
        ("OK", "ALARM"),
        ("ALARM", "OK"),
    ]
    history = account.cloudwatch.describe_alarm_history(
        AlarmName="busy", HistoryItemType="StateUpdate"
    )["AlarmHistoryItems"]
    last = json.loads(history[0]["HistoryData"])["newState"]
    assert last["stateReasonData"]["recentDatapoints"] == [85.0, 50.0, 50.0]


def test_data_alone_judges_nothing(aws: Stepped, account: Account) -> None:
    """Neither a datapoint nor another service's value changes a state; the minute's judge does."""
    account.cloudwatch.put_metric_alarm(**ALARM | {"EvaluationPeriods": 1, "DatapointsToAlarm": 1})
    minute(aws, account, Busy=20.0)
    assert state(account) == "OK"
    datum = {"MetricName": "Busy", "Value": 99.0, "Timestamp": aws.now()}
    where = [{"Name": "Service", "Value": "web"}]
    account.cloudwatch.put_metric_data(
        Namespace="Shop", MetricData=[{**datum, "Dimensions": where}]
    )
    assert state(account) == "OK"
    aws.forward(seconds=60)
    assert state(account) == "ALARM"
    minute(aws, account, "other", Busy=99.0)
    minute(aws, account, "other", Busy=99.0)
    minute(aws, account, "other", Busy=99.0)
    minute(aws, account, "other", Busy=99.0)
    assert state(account) == "INSUFFICIENT_DATA"


def test_an_alarm_on_an_expression(aws: Stepped, account: Account) -> None:
    """Desired less running: off while tasks are missing, back when they run."""
    account.cloudwatch.put_metric_alarm(**PENDING)
    states = []
    for running in (5.0, 5.0, 4.0, 4.0, 5.0):
        minute(aws, account, desired=5.0, running=running)
        states.append(state(account, "pending"))
    assert states == ["OK", "OK", "OK", "ALARM", "OK"]
    assert "statistic" not in json.loads(found(account, "pending")["StateReasonData"])


def test_a_state_set_by_hand_lasts_until_the_next_minute(aws: Stepped, account: Account) -> None:
    """SetAlarmState tells the topic; the next evaluation says what is true (API reference)."""
    name, queue = topic(account)
    account.cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[name])
    for _ in range(3):
        minute(aws, account, Busy=20.0)
    account.cloudwatch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a trial")
    assert heard(account, queue) == [("OK", "ALARM")]
    kept = found(account)
    assert (kept["StateReason"], "StateReasonData" in kept) == ("a trial", False)
    minute(aws, account, Busy=20.0)
    assert state(account) == "OK"
