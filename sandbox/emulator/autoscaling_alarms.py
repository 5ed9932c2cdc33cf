"""The two CloudWatch alarms that a target tracking policy manages for itself.

Shape of a real pair (aws-facts 0.5): AlarmHigh above the target for 3 periods of 60 s, AlarmLow
below 0.9 x the target for 15; missing data is missing. A policy that does not scale in has no
AlarmLow.
"""

import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch

from sandbox.emulator.autoscaling_records import now
from sandbox.emulator.cloudwatch_alarm_checks import check_alarm
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_AVERAGES = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
_LOW_FACTOR = 0.9
_HIGH_PERIODS, _LOW_PERIODS = 3, 15


def check(configuration: Record, resource: str) -> None:
    """Refuse a target tracking configuration whose metric is no single time series."""
    condition = _condition("GreaterThanThreshold", configuration["TargetValue"], _HIGH_PERIODS)
    try:
        check_alarm({**_metric(configuration, resource), **condition})
    except Refusal as refusal:
        raise Refusal("ValidationException", refusal.message) from refusal


def manage(policy: Record) -> None:
    """Put the alarms of a target tracking policy as its configuration asks; none for others."""
    configuration = policy.get("TargetTrackingScalingPolicyConfiguration")
    if configuration is None:
        return
    kept = {name.rsplit("-", 6)[-6]: name for name in (a["AlarmName"] for a in policy["Alarms"])}
    target = configuration["TargetValue"]
    sides: dict[str, Record] = {
        "AlarmHigh": _condition("GreaterThanThreshold", target, _HIGH_PERIODS)
    }
    if not configuration.get("DisableScaleIn"):
        low = round(target * _LOW_FACTOR, 9)  # 77 x 0.9 is 69.3, not a bit more
        sides["AlarmLow"] = _condition("LessThanThreshold", low, _LOW_PERIODS)
    for name in (name for side, name in kept.items() if side not in sides):
        cloudwatch.cloudformation_delete_metric_alarm(name)
    policy["Alarms"] = [
        _put(kept.get(side) or _name(policy, side), policy, condition)
        for side, condition in sides.items()
    ]


def remove(policy: Record) -> None:
    """Take the policy's alarms out of CloudWatch."""
    for alarm in policy["Alarms"]:
        cloudwatch.cloudformation_delete_metric_alarm(alarm["AlarmName"])
    policy["Alarms"] = []


def with_alarms(policy: Record) -> Record:
    """The policy as it is described: a step policy names the alarms that call it."""
    if policy["PolicyType"] != "StepScaling":
        return policy
    arn = policy["PolicyARN"]
    calling = [a for a in cloudwatch._alarms.values() if arn in a.get("AlarmActions", [])]
    names = [{"AlarmName": a["AlarmName"], "AlarmARN": a["AlarmArn"]} for a in calling]
    return {**policy, "Alarms": names}


def _name(policy: Record, side: str) -> str:
    return f"TargetTracking-{policy['ResourceId']}-{side}-{uuid.uuid4()}"


def _condition(operator: str, threshold: float, periods: int) -> Record:
    return {
        "ComparisonOperator": operator,
        "Threshold": threshold,
        "EvaluationPeriods": periods,
        "Period": 60,
    }


def _metric(configuration: Record, resource: str) -> dict[str, Any]:
    """The alarm's members for the metric of a policy of `resource`."""
    custom = configuration.get("CustomizedMetricSpecification")
    if custom is not None:
        return dict(custom)
    predefined = configuration["PredefinedMetricSpecification"]
    kind = predefined["PredefinedMetricType"]
    if kind == "ALBRequestCountPerTarget":
        _, balancer, ident, *group = predefined["ResourceLabel"].split("/")
        return _aws_metric(
            "AWS/ApplicationELB",
            "RequestCountPerTarget",
            "Sum",
            {"LoadBalancer": f"app/{balancer}/{ident}", "TargetGroup": "/".join(group)},
        )
    _, cluster, service = resource.split("/")
    name = _AVERAGES.get(kind.removesuffix("HighResolution"), kind)
    return _aws_metric("AWS/ECS", name, "Average", {"ClusterName": cluster, "ServiceName": service})


def _aws_metric(namespace: str, name: str, statistic: str, dimensions: dict[str, str]) -> Record:
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": statistic,
        "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
    }


def _put(name: str, policy: Record, condition: Record) -> Record:
    arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    cloudwatch.cloudformation_put_metric_alarm(
        {
            **_state(name),
            "AlarmName": name,
            "AlarmArn": arn,
            "AlarmDescription": (
                f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}."
            ),
            "ActionsEnabled": True,
            "AlarmActions": [policy["PolicyARN"]],
            "OKActions": [],
            "InsufficientDataActions": [],
            "TreatMissingData": "missing",
            "AlarmConfigurationUpdatedTimestamp": int(now()),
            "Unit": None,
            "ExtendedStatistic": None,
            "DatapointsToAlarm": None,
            **_metric(configuration, policy["ResourceId"]),
            **condition,
        }
    )
    return {"AlarmName": name, "AlarmARN": arn}


def _state(name: str) -> Record:
    """The state of the alarm of a name, or that of a new one."""
    new = {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": int(now()),
    }
    # "When you update an existing alarm, its state is left unchanged" (PutMetricAlarm).
    old = cloudwatch._alarms.get(name, new)
    return {member: value for member, value in old.items() if member.startswith("State")}
