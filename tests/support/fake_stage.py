"""A stage as every service of AWS shows it, set by hand: policies, alarms, activities."""

from datetime import timedelta
from typing import Any

from infra.settings import Settings
from ops import status
from ops.reach import Reached
from tests.support.fake_aws import ACCOUNT, NOON, REGION, shared
from tests.support.fake_stage_answers import Answers

SCALING = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:id:resource/ecs/service"
METRICS = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}
TRACKED = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
}


class FakeStage(Answers):
    """A stage to set, and its report."""

    def report(self) -> dict[str, Any]:
        """What `status` reports of it."""
        there = f"account {ACCOUNT} in {REGION}"
        return status.report(Reached(self.settings, there, False, self.aws.account))

    def track(self, metric: str, target: float, high: str, low: str, value: float | None) -> None:
        """A target-tracking policy, the states of its two alarms, its metric's latest value.

        It takes the place of the metric's policy from before.
        """
        names = [f"TargetTracking-{self.name}-Alarm{side}-{metric}" for side in ("High", "Low")]
        tracking = self._tracking(metric, target, names)
        policy, arn = tracking["PolicyName"], tracking["PolicyARN"]
        self.policies = [each for each in self.policies if each["PolicyName"] != policy]
        self.alarms = [each for each in self.alarms if each["AlarmName"] not in names]
        self.policies.append(tracking)
        conditions = (("GreaterThanThreshold", target), ("LessThanThreshold", 0.9 * target))
        for name, state, (operator, threshold) in zip(names, (high, low), conditions, strict=True):
            more = {"ComparisonOperator": operator, "Threshold": threshold}
            self.alarm(name, state, action=arn, MetricName=METRICS[metric], **more)
        if value is not None:
            self.values[METRICS[metric]] = value

    def _tracking(self, metric: str, target: float, alarms: list[str]) -> dict[str, Any]:
        return {
            "PolicyName": f"{self.name}-{metric}",
            "PolicyARN": f"{SCALING}/{self.name}/{metric}",
            "PolicyType": "TargetTrackingScaling",
            **self.scaled,
            "CreationTime": NOON,
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": target,
                "PredefinedMetricSpecification": {"PredefinedMetricType": TRACKED[metric]},
                "ScaleOutCooldown": 60,
                "ScaleInCooldown": 300,
            },
            "Alarms": [{"AlarmName": each, "AlarmARN": f"arn:{each}"} for each in alarms],
        }

    def alarm(self, name: str, state: str, *, action: str | None = None, **more: Any) -> None:
        """An alarm; without an action it tells the stage's topic."""
        topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:{self.name}-alarms"
        self.alarms.append(
            {
                "AlarmName": name,
                "AlarmActions": [action or topic],
                "AlarmDescription": "Look at it.",
                "StateValue": state,
                "StateReason": "Threshold Crossed",
                "StateTransitionedTimestamp": NOON - timedelta(minutes=7),
                "StateUpdatedTimestamp": NOON,
                "Namespace": "AWS/ECS",
                "MetricName": "CPUUtilization",
                "Dimensions": [{"Name": "ServiceName", "Value": self.name}],
                "Statistic": "Average",
                "Period": 60,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Threshold": 90.0,
                **more,
            }
        )

    def activity(self, minutes: float, description: str, cause: str, **more: Any) -> None:
        """A scaling activity so many minutes before noon."""
        at = NOON - timedelta(minutes=minutes)
        self.activities.append(
            {
                "ActivityId": f"{at:%H%M%S}",
                **self.scaled,
                "Description": description,
                "Cause": cause,
                "StartTime": at,
                "StatusCode": "Successful",
                **more,
            }
        )


def stage_of(settings: Settings) -> FakeStage:
    """A fresh account that has only the stage of *settings*, with its base as bounds.

    Its policies track what the stage file says, on metrics without a value.
    """
    capacity = settings.capacity
    stage = FakeStage(shared(), settings, bounds=(capacity.min, capacity.max))
    stage.aws.reset(stage)
    for target in settings.scaling.targets:
        stage.track(target.metric, target.target, "OK", "OK", None)
    return stage
