"""Metric filters: which log events become which values."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs

from sandbox.emulator import cloudwatch_values, logs_metric_filters

GROUP, STREAM = "aws-waf-logs-x", "eu-west-1_x_0"
PATTERN = '{ $.action = "BLOCK" }'
BLOCK, ALLOW = '{"action": "BLOCK", "bytes": 3}', '{"action": "ALLOW"}'
MINUTE = 29_000_000 * 60_000  # ms
Put = tuple[str, str, dict[str, str], float, dict[float, float], str]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Put]]:
    """What was put into CloudWatch, by an account of the test's own."""
    found: list[Put] = []

    def put(
        space: str, name: str, at: Mapping[str, str], second: float, values: Any, unit: str
    ) -> None:
        found.append((space, name, dict(at), second, dict(values), unit))

    monkeypatch.setattr(cloudwatch_values, "put", put)
    monkeypatch.setattr(logs_metric_filters, "_told", {})
    monkeypatch.setattr(cloudwatch_logs, "_put_metric_filter", logs_metric_filters._checked)
    monkeypatch.setattr(cloudwatch_logs, "_put_log_events", logs_metric_filters._counted)
    with request_scope("000000000077", "eu-west-1"):
        cloudwatch_logs._create_log_group({"logGroupName": GROUP})
        cloudwatch_logs._create_log_stream({"logGroupName": GROUP, "logStreamName": STREAM})
        yield found
        cloudwatch_logs._delete_log_group({"logGroupName": GROUP})


def transformation(**changes: Any) -> dict[str, Any]:
    made = {"metricNamespace": "evenkeel-x", "metricName": "Refused", "metricValue": "1"}
    return {**made, **changes}


def filtered(pattern: str = PATTERN, **changes: Any) -> str | None:
    """Put the filter; the refusal's text, or None."""
    answer = cloudwatch_logs._put_metric_filter(
        {
            "logGroupName": GROUP,
            "filterName": "refused",
            "filterPattern": pattern,
            "metricTransformations": [transformation(**changes)],
        }
    )
    body = json.loads(answer[2])
    assert answer[0] == 200 or body["__type"] == "InvalidParameterException"
    return None if answer[0] == 200 else str(body["message"])


def write(*messages: str, at: int = MINUTE) -> None:
    events = [{"timestamp": at, "message": message} for message in messages]
    cloudwatch_logs._put_log_events(
        {"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": events}
    )


def test_matches_are_counted_in_their_minute(told: list[Put]) -> None:
    """Each event that matches is a value of the metric, at the minute of the event."""
    assert filtered(unit="Count") is None
    write(BLOCK, ALLOW, BLOCK, at=MINUTE + 59_999)
    write(BLOCK, at=MINUTE + 60_000)
    assert told == [
        ("evenkeel-x", "Refused", {}, MINUTE / 1000, {1.0: 2}, "Count"),
        ("evenkeel-x", "Refused", {}, MINUTE / 1000 + 60, {1.0: 1}, "Count"),
    ]


def test_the_default_stands_where_nothing_matched(told: list[Put]) -> None:
    """A minute with events and no match has the default once; one without events has nothing."""
    filtered(defaultValue=0.0)
    write(ALLOW)
    write(ALLOW)
    write(BLOCK, at=MINUTE + 60_000)
    write(ALLOW, at=MINUTE + 60_000)
    write(ALLOW, at=MINUTE + 180_000)
    values = [(int(at - MINUTE / 1000), value) for _, _, _, at, value, _ in told]
    assert values == [(0, {0.0: 1}), (60, {1.0: 1}), (180, {0.0: 1})]


def test_a_value_and_dimensions_come_from_the_event(told: list[Put]) -> None:
    """A field can be the value or a dimension; an event without it has none."""
    filtered(metricValue="$.bytes", dimensions={"Action": "$.action"})
    write(BLOCK, '{"action": "BLOCK"}', '{"action": "BLOCK", "bytes": "many"}')
    assert [(at, value) for _, _, at, _, value, _ in told] == [({"Action": "BLOCK"}, {3.0: 1})]


def test_a_web_acls_log_is_bounded(told: list[Put]) -> None:
    """Its group keeps the latest thousand events, and the filter has seen all of them."""
    filtered()
    write(*[BLOCK] * 700)
    write(*[BLOCK] * 701)
    (stream,) = cloudwatch_logs._log_groups[GROUP]["streams"].values()
    assert (len(stream["events"]), len(cloudwatch_logs._log_records)) == (1000, 1000)
    assert [values for _, _, _, _, values, _ in told] == [{1.0: 700}, {1.0: 701}]


def test_another_group_and_a_deleted_filter_count_nothing(told: list[Put]) -> None:
    """A filter sees its own log group alone, for as long as it is there."""
    filtered()
    cloudwatch_logs._create_log_group({"logGroupName": "other"})
    cloudwatch_logs._create_log_stream({"logGroupName": "other", "logStreamName": STREAM})
    event = {"timestamp": MINUTE, "message": BLOCK}
    names = {"logGroupName": "other", "logStreamName": STREAM}
    cloudwatch_logs._put_log_events({**names, "logEvents": [event]})
    cloudwatch_logs._delete_metric_filter({"logGroupName": GROUP, "filterName": "refused"})
    write(BLOCK)
    cloudwatch_logs._delete_log_group({"logGroupName": "other"})
    assert told == []


@pytest.mark.parametrize(
    ("pattern", "changes", "says"),
    [
        ("{ $.a = }", {}, "Invalid metric filter pattern: it ends where a value must stand"),
        ("x" * 1025, {}, "filterPattern has 1025 characters, allowed: 1024"),
        (PATTERN, {"metricValue": "many"}, "metricValue 'many' is no number and no $.field"),
        (PATTERN, {"dimensions": {"a": "$.a"}, "defaultValue": 0}, "mutually exclusive"),
        (PATTERN, {"dimensions": dict.fromkeys("abcd", "$.a")}, "dimensions has 4 entries"),
    ],
)
def test_what_aws_refuses_is_refused(
    told: list[Put], pattern: str, changes: dict[str, Any], says: str
) -> None:
    """A filter that cannot act is refused, and the text says what is wrong with it."""
    assert says in str(filtered(pattern, **changes))
    write(BLOCK)
    assert told == []
