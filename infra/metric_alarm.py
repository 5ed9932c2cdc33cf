"""An alarm of the table as CloudWatch has it."""

import pulumi
import pulumi_aws as aws

from infra.alarms import Alarm


def make(
    name: str, alarm: Alarm, topic_arn: pulumi.Input[str], child: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    """*alarm*, telling the topic."""
    if alarm.change:
        return _on_change(name, alarm, topic_arn, child)
    return aws.cloudwatch.MetricAlarm(
        name,
        name=name,
        alarm_description=alarm.description,
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=alarm.dimensions,
        statistic=alarm.statistic,
        period=alarm.period,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=alarm.threshold,
        evaluation_periods=alarm.of or alarm.periods,
        datapoints_to_alarm=alarm.periods,
        treat_missing_data=alarm.missing,
        alarm_actions=[topic_arn],
        opts=child,
    )


def _on_change(
    name: str, alarm: Alarm, topic_arn: pulumi.Input[str], child: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    return aws.cloudwatch.MetricAlarm(
        name,
        name=name,
        alarm_description=alarm.description,
        metric_queries=_change(alarm),
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=alarm.threshold,
        evaluation_periods=alarm.of or alarm.periods,
        datapoints_to_alarm=alarm.periods,
        treat_missing_data=alarm.missing,
        alarm_actions=[topic_arn],
        opts=child,
    )


def _change(alarm: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    return [
        {
            "id": "value",
            "metric": {
                "namespace": alarm.namespace,
                "metric_name": alarm.metric,
                "dimensions": alarm.dimensions,
                "stat": alarm.statistic,
                "period": alarm.period,
            },
        },
        {
            "id": "change",
            "expression": "DIFF(value)",
            "label": f"change of {alarm.metric} from one period to the next",
            "return_data": True,
        },
    ]
