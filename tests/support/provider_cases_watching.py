"""The cases of those who watch: topics, alarms, dashboard, events."""

import json
from collections.abc import Iterator
from typing import Any

from tests.support.provider_cases import Case, Ref, document


def alarm(**changes: Any) -> dict[str, Any]:
    """An alarm on one metric."""
    return {
        "name": "evenkeel-test-hot", "namespace": "AWS/ECS", "metricName": "CPUUtilization",
        "dimensions": {"ServiceName": "web", "ClusterName": "c"}, "statistic": "Maximum",
        "period": 60, "evaluationPeriods": 5, "datapointsToAlarm": 3, "threshold": 90,
        "comparisonOperator": "GreaterThanOrEqualToThreshold", "treatMissingData": "ignore",
        "alarmActions": [Ref("topic")], **changes,
    }  # fmt: skip


def watching_cases() -> Iterator[Case]:
    """Topics, alarms, dashboard, events."""
    publish = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
               "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:*"}  # fmt: skip
    yield Case("topic", "aws:sns/topic:Topic", {"name": "evenkeel-test"},
               {"displayName": "Evenkeel"})  # fmt: skip
    yield Case("topic-policy", "aws:sns/topicPolicy:TopicPolicy",
               {"arn": Ref("topic"), "policy": document(publish)},
               {"policy": document({**publish, "Sid": "Events"})})  # fmt: skip
    yield Case("mail", "aws:sns/topicSubscription:TopicSubscription",
               {"topic": Ref("topic"), "protocol": "email",
                "endpoint": "ops@example.com"})  # fmt: skip
    kind = "aws:cloudwatch/metricAlarm:MetricAlarm"
    yield Case("alarm", kind, alarm(), {"threshold": 95, "period": 300, "evaluationPeriods": 6})
    metric = {"metricName": "MemoryUtilization", "namespace": "AWS/ECS", "period": 300,
              "stat": "Average", "dimensions": {"ServiceName": "web"}}  # fmt: skip
    queries = [{"id": "m", "metric": metric},
               {"id": "slope", "expression": "DIFF(m)", "returnData": True}]  # fmt: skip
    yield Case(
        "slope", kind,
        {"name": "evenkeel-test-slope", "evaluationPeriods": 2, "threshold": 1,
         "comparisonOperator": "GreaterThanThreshold", "metricQueries": queries},
        {"alarmDescription": "memory grows"},
    )  # fmt: skip
    text = {
        "type": "text",
        "x": 0,
        "y": 0,
        "width": 6,
        "height": 2,
        "properties": {"markdown": "a"},
    }
    yield Case(
        "dashboard", "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "evenkeel-test", "dashboardBody": json.dumps({"widgets": [text]})},
        {"dashboardBody": json.dumps({"widgets": [{**text, "width": 12}]})},
    )  # fmt: skip
    yield Case(
        "filter", "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        {"name": "refused", "logGroupName": Ref("waf-logs", "id"),
         "pattern": '{ $.action = "BLOCK" }',
         "metricTransformation": {"name": "Refused", "namespace": "Evenkeel", "value": "1",
                                  "defaultValue": "0"}},
        {"pattern": '{ $.action = "ALLOW" }'},
    )  # fmt: skip
    yield Case(
        "event-rule", "aws:cloudwatch/eventRule:EventRule",
        {"name": "evenkeel-test", "eventPattern": json.dumps({"source": ["aws.ecs"]})},
        {"description": "tasks"},
    )  # fmt: skip
    yield Case(
        "event-target", "aws:cloudwatch/eventTarget:EventTarget",
        {"rule": Ref("event-rule", "id"), "targetId": "topic", "arn": Ref("topic"),
         "inputTransformer": {"inputPaths": {"task": "$.detail.taskArn"},
                              "inputTemplate": '"<task> stopped"'}},
        {"inputTransformer": {"inputPaths": {"task": "$.detail.taskArn"},
                              "inputTemplate": '"<task> has stopped"'}},
    )  # fmt: skip
