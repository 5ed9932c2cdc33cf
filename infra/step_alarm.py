"""The alarm that a step policy needs: unlike target tracking, it makes none itself."""

import pulumi
import pulumi_aws as aws

from infra.scaling_policies import Metric, Scaled, Step, number

MINUTE = 60


def make(
    name: str,
    policy: Step,
    scaled: Scaled,
    policy_arn: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    """The alarm that starts *policy*; one datapoint, because steps are for sudden load."""
    namespace, metric_name, statistic, dimensions = _measured(policy.metric, scaled)
    return aws.cloudwatch.MetricAlarm(
        name,
        name=name,
        alarm_description=(
            f"Starts the step policy {name} while {policy.metric} is at or above "
            f"{number(policy.threshold)}. Nothing to do by hand."
        ),
        namespace=namespace,
        metric_name=metric_name,
        dimensions=dimensions,
        statistic=statistic,
        period=MINUTE,
        evaluation_periods=1,
        # The first step starts at the threshold itself.
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=policy.threshold,
        treat_missing_data="notBreaching",
        alarm_actions=[policy_arn],
        opts=child,
    )


def _measured(metric: Metric, scaled: Scaled) -> tuple[str, str, str, dict[str, pulumi.Input[str]]]:
    if metric == "requestsPerTarget":
        # The sum is the average over targets (ELB user guide, CloudWatch metrics).
        return (
            "AWS/ApplicationELB",
            "RequestCountPerTarget",
            "Sum",
            {
                "LoadBalancer": scaled.load_balancer_suffix,
                "TargetGroup": scaled.target_group_suffix,
            },
        )
    names = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}
    return (
        "AWS/ECS",
        names[metric],
        "Average",
        {"ClusterName": scaled.cluster_name, "ServiceName": scaled.service_name},
    )
