"""An alarm as data, and as CloudWatch has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What is measured, and which statistic of it."""

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A metric-math *expression* over metrics by their ids; *label* says what it comes to."""

    expression: str
    label: str
    metrics: Mapping[str, Metric]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is *watched*, every *period* seconds, at *threshold* or above."""

    name: str
    description: str
    watched: Metric | Judged
    threshold: float
    periods: int
    period: int = MINUTE
    of: int | None = None  # so many of the last *of* periods; None: all of them
    missing: Literal["missing", "notBreaching"] = "missing"


def make(
    name: str, alarm: Alarm, topic_arn: pulumi.Input[str], child: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    """*alarm*, telling the topic."""
    return aws.cloudwatch.MetricAlarm(
        name,
        name=name,
        alarm_description=alarm.description,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=alarm.threshold,
        evaluation_periods=alarm.of or alarm.periods,
        datapoints_to_alarm=alarm.periods,
        treat_missing_data=alarm.missing,
        alarm_actions=[topic_arn],
        **_watched(alarm.watched, alarm.period),
        opts=child,
    )


def _watched(watched: Metric | Judged, period: int) -> dict[str, Any]:
    """The arguments of an alarm on one metric, or on an expression over several."""
    if isinstance(watched, Judged):
        return {"metric_queries": _queries(watched, period)}
    return {
        "namespace": watched.namespace,
        "metric_name": watched.name,
        "dimensions": watched.dimensions,
        "statistic": watched.statistic,
        "period": period,
    }


def _queries(judged: Judged, period: int) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    metrics: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": id_,
            "metric": {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "dimensions": metric.dimensions,
                "stat": metric.statistic,
                "period": period,
            },
        }
        for id_, metric in judged.metrics.items()
    ]
    expression: aws.cloudwatch.MetricAlarmMetricQueryArgsDict = {
        "id": "judged",
        "expression": judged.expression,
        "label": judged.label,
        "return_data": True,
    }
    return [*metrics, expression]
