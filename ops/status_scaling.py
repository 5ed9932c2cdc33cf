"""What the scaling policies measure and want, and what a scale-in waits for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ops.words import instant

# Predefined metrics of target tracking, and the alarms' metrics of step policies.
CPU, MEMORY, REQUESTS = ("cpu", "%"), ("memory", "%"), ("requests per target", "/min")
NAMES = {
    "ECSServiceAverageCPUUtilization": CPU,
    "ECSServiceAverageMemoryUtilization": MEMORY,
    "ALBRequestCountPerTarget": REQUESTS,
    "CPUUtilization": CPU,
    "MemoryUtilization": MEMORY,
    "RequestCountPerTarget": REQUESTS,
}
COOLDOWN = 300  # seconds; the default for ECS services (Application Auto Scaling API)
LOW = ("LessThanThreshold", "LessThanOrEqualToThreshold")


@dataclass(frozen=True)
class Measured:
    """The alarms of a stage, and the latest value of each one's metric by the alarm's name."""

    alarms: Sequence[dict[str, Any]]
    latest: Mapping[str, tuple[datetime, float]]

    def of(self, policy: dict[str, Any]) -> dict[str, Any]:
        """A policy with what it measures, as data."""
        alarms = [each for each in self.alarms if policy["PolicyARN"] in each["AlarmActions"]]
        return {
            "name": policy["PolicyName"],
            "kind": policy["PolicyType"],
            **_metric(policy, alarms),
            **self._value(alarms),
            **_settings(policy),
            "alarms": [_alarm(each) for each in alarms],
        }

    def _value(self, alarms: Sequence[dict[str, Any]]) -> dict[str, Any]:
        for alarm in alarms:
            if found := self.latest.get(alarm["AlarmName"]):
                return {"value": round(found[1], 2), "at": instant(found[0])}
        return {"value": None, "at": None}


def _metric(policy: dict[str, Any], alarms: Sequence[dict[str, Any]]) -> dict[str, Any]:
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration", {})
    predefined = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    watched = [each["MetricName"] for each in alarms if "MetricName" in each]
    named = str(predefined or (watched[0] if watched else policy["PolicyName"]))
    metric, unit = NAMES.get(named, (named, ""))
    return {"metric": metric, "unit": unit}


def _settings(policy: dict[str, Any]) -> dict[str, Any]:
    if tracking := policy.get("TargetTrackingScalingPolicyConfiguration"):
        return {
            "target": tracking["TargetValue"],
            "scaleOutCooldown": tracking.get("ScaleOutCooldown", COOLDOWN),
            "scaleInCooldown": tracking.get("ScaleInCooldown", COOLDOWN),
            "scalesIn": not tracking.get("DisableScaleIn", False),
        }
    if step := policy.get("StepScalingPolicyConfiguration"):
        return {"scaleOutCooldown": step.get("Cooldown", COOLDOWN), "scalesIn": False}
    return {"mode": policy.get("PredictiveScalingPolicyConfiguration", {}).get("Mode")}


def _alarm(alarm: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": alarm["AlarmName"],
        "side": "low" if alarm["ComparisonOperator"] in LOW else "high",
        "threshold": alarm.get("Threshold"),
        "state": alarm["StateValue"],
    }


def waits_for(
    policies: Sequence[dict[str, Any]],
    activities: Sequence[dict[str, Any]],
    now: datetime,
    *,
    suspended: bool,
    deploying: bool,
) -> list[str]:
    """Why no task goes, though a policy wants one to; empty when none does, or nothing hinders.

    Every target-tracking policy that scales in must agree (Application Auto Scaling User Guide,
    "How target tracking scaling works").
    """
    lows = [*_lows(policies)]
    if not any(alarm["state"] == "ALARM" for _, alarm in lows):
        return []
    cooling = _cooling(policies, activities, now)
    return [
        *(_needed(policy, alarm) for policy, alarm in lows if alarm["state"] != "ALARM"),
        *(["the end of the suspension of scale-in"] if suspended else []),
        *(["the end of the deployment"] if deploying else []),
        *([f"the end of the scale-in cooldown at {instant(cooling)}"] if cooling else []),
    ]


def _lows(
    policies: Sequence[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The policies that have a say in scale-in, each with its AlarmLow."""
    for policy in policies:
        if policy["kind"] == "TargetTrackingScaling" and policy["scalesIn"]:
            yield from ((policy, alarm) for alarm in policy["alarms"] if alarm["side"] == "low")


def _needed(policy: dict[str, Any], alarm: dict[str, Any]) -> str:
    unit = f" {policy['unit']}" if policy["unit"] else ""
    if alarm["state"] == "INSUFFICIENT_DATA":
        return f"{policy['metric']}, of which there is no data"
    needed = f"below {alarm['threshold']:g}{unit} needed"
    if policy["value"] is None:
        return f"{policy['metric']} ({needed})"
    if policy["value"] < alarm["threshold"]:
        needed += " for 15 minutes"
    return f"{policy['metric']} {policy['value']:g}{unit} ({needed})"


def _cooling(
    policies: Sequence[dict[str, Any]], activities: Sequence[dict[str, Any]], now: datetime
) -> datetime | None:
    """When the scale-in cooldown ends that the latest decision began; None: none is running.

    AWS shows no cooldown: this is the longest of the policies, from the start of the latest
    scale-in. A scale-out ends it at once.
    """
    decided = [each for each in activities if "triggered policy" in each["Cause"]]
    done = next((each for each in decided if each["StatusCode"] != "Failed"), None)
    if done is None or "AlarmLow" not in done["Cause"]:
        return None
    longest = max(each["scaleInCooldown"] for each in policies if each.get("scalesIn"))
    end: datetime = done["StartTime"] + timedelta(seconds=longest)
    return end if end > now else None
