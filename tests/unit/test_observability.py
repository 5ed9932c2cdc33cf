"""Observability: the topic, the alarms, what feeds them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from infra.alarms import Watched
from infra.observability import Observability, ObservabilityArgs, failed_migration, topic_policy
from tests.support.program import Program, register

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
RULE = "aws:cloudwatch/eventRule:EventRule"
ARGS = ObservabilityArgs(
    watched=Watched(
        cluster_name="c",
        service_name="s",
        load_balancer_suffix="app/lb/1",
        target_group_suffixes={"http": "targetgroup/http/2"},
        web_acl_metric="acl",
        refused_namespace="evenkeel-x",
        region="eu-west-1",
    ),
    planned_max=8,
    waf_log_group="aws-waf-logs-evenkeel-x",
    allowed_paths=["/socket.io", "/api", "=/"],
    expected_blocks=["rate-limit", "bad-paths"],
    migration_family="evenkeel-x-migration",
    notify="ops@example.com",
    levels=None,
    region="eu-west-1",
    account="123456789012",
)
SERVICE = {"ClusterName": "c", "ServiceName": "s"}
BALANCER = {"LoadBalancer": "app/lb/1"}


def built(args: ObservabilityArgs = ARGS, *, preview: bool = False) -> Program:
    return register(lambda: Observability("x", args), preview=preview)


def test_alarm_at_the_planned_maximum() -> None:
    """The alarm fires when the service wants as many tasks as it may have (S0-23)."""
    program = built()
    alarm = program.one(ALARM, "x-at-max").inputs
    assert (alarm["namespace"], alarm["metricName"]) == (
        "ECS/ContainerInsights",
        "DesiredTaskCount",
    )
    assert alarm["dimensions"] == SERVICE
    assert alarm["threshold"] == 8
    assert alarm["comparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["statistic"], alarm["period"], alarm["evaluationPeriods"]) == ("Maximum", 60, 5)


@pytest.mark.parametrize(
    ("name", "metric", "dimensions", "statistic", "threshold", "datapoints"),
    [
        ("x-target-5xx", "HTTPCode_Target_5XX_Count", BALANCER, "Sum", 10, (3, 5)),
        ("x-elb-5xx", "HTTPCode_ELB_5XX_Count", BALANCER, "Sum", 10, (3, 5)),
    ],
)
def test_alarms_watch_errors(
    name: str,
    metric: str,
    dimensions: dict[str, str],
    statistic: str,
    threshold: int,
    datapoints: tuple[int, int],
) -> None:
    """5xx of both kinds are watched (S3-19)."""
    alarm = built().one(ALARM, name).inputs
    assert alarm["metricName"] == metric
    assert alarm["dimensions"] == dimensions
    assert (alarm["statistic"], alarm["threshold"]) == (statistic, threshold)
    assert (alarm["datapointsToAlarm"], alarm["evaluationPeriods"]) == datapoints


def queries(name: str) -> tuple[dict[str, Any], str, tuple[int, int, int]]:
    """An alarm's metrics by id, its expression, and threshold, datapoints and periods."""
    alarm = built().one(ALARM, name).inputs
    *metrics, judged = alarm["metricQueries"]
    assert judged["returnData"] is True
    judges = (alarm["threshold"], alarm["datapointsToAlarm"], alarm["evaluationPeriods"])
    return {each["id"]: each["metric"] for each in metrics}, judged["expression"], judges


def metric(namespace: str, name: str, stat: str, period: int = 60) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "metricName": name,
        "dimensions": SERVICE,
        "stat": stat,
        "period": period,
    }


def test_tasks_that_are_missing_are_seen() -> None:
    """Fewer running than desired for ten minutes is an alarm, placed or not (S2-02)."""
    space = "ECS/ContainerInsights"
    assert queries("x-pending") == (
        {
            "desired": metric(space, "DesiredTaskCount", "Minimum"),
            "running": metric(space, "RunningTaskCount", "Maximum"),
        },
        "desired - running",
        (1, 10, 10),
    )


def test_the_hottest_task_stands_out() -> None:
    """A task at 90 % that is 15 points above the average is an alarm (S3-18)."""
    assert queries("x-hottest-task") == (
        {
            "hottest": metric("AWS/ECS", "CPUUtilization", "Maximum"),
            "average": metric("AWS/ECS", "CPUUtilization", "Average"),
        },
        "IF(hottest - average >= 15, hottest, 0)",
        (90, 5, 5),
    )


def test_leak_is_seen_by_its_slope() -> None:
    """A task's memory that grows by a point an hour for six hours is an alarm (S3-06)."""
    assert queries("x-memory-slope") == (
        {"fullest": metric("AWS/ECS", "MemoryUtilization", "Maximum", 3600)},
        "DIFF(fullest)",
        (1, 6, 6),
    )


def test_every_alarm_tells_somebody_what_to_do() -> None:
    """Each alarm reaches the topic, says what missing data means, and has a real description."""
    program = built()
    topic = program.one("aws:sns/topic:Topic").outputs["arn"]
    alarms = program.of_type(ALARM)
    assert len(alarms) == 7
    for alarm in alarms:
        assert alarm.inputs["alarmActions"] == [topic]
        assert alarm.inputs["treatMissingData"] in ("missing", "notBreaching")
        assert len(alarm.inputs["alarmDescription"]) > 80
    subscription = program.one("aws:sns/topicSubscription:TopicSubscription").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "ops@example.com")


def test_failed_migration_is_told() -> None:
    """A migration task that stops without the code 0, or never ran, reaches the topic."""
    program = built()
    rule = program.one(RULE, "x-migration-failed").inputs
    event = json.loads(rule["eventPattern"])
    assert event["detail"]["taskDefinitionArn"] == [
        {"prefix": "arn:aws:ecs:eu-west-1:123456789012:task-definition/evenkeel-x-migration:"}
    ]
    assert event["detail"]["$or"] == [
        {"containers": {"exitCode": [{"anything-but": [0]}, {"exists": False}]}},
        {"stopCode": [{"anything-but": ["EssentialContainerExited"]}]},
    ]
    target = program.one("aws:cloudwatch/eventTarget:EventTarget").inputs
    assert target["arn"] == program.one("aws:sns/topic:Topic").outputs["arn"]
    message = target["inputTransformer"]["inputTemplate"]
    assert "<reason>" in json.loads(message)


def test_stage_without_migrations_or_address_has_neither() -> None:
    """Without migrations there is no rule for them; without an address no subscription."""
    program = built(replace(ARGS, migration_family=None, notify=None))
    assert program.of_type(RULE) == []
    assert program.of_type("aws:sns/topicSubscription:TopicSubscription") == []


def test_documents_are_plain_at_the_first_preview() -> None:
    """Topic policy and event pattern are text before anything exists."""
    program = built(preview=True)
    policy = program.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"]
    assert policy == topic_policy("x-alarms", "eu-west-1", "123456789012")
    services = [s["Principal"]["Service"] for s in json.loads(policy)["Statement"]]
    assert services == ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    pattern = program.one(RULE).inputs["eventPattern"]
    assert pattern == failed_migration("evenkeel-x-migration", "eu-west-1", "123456789012")
