"""A scaled ECS service under a clock that the test moves, and what scaling did to it."""

import urllib.request
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.support.emulated_service import CLUSTER, NAME, Service
from tests.support.emulator import Account
from tests.support.stepped import Stepped

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{NAME}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
SETTLED = 3  # minutes in which a new service comes up and its deployment completes
BALANCED = 66  # percent of a task that asks neither for more nor for fewer, at a target of 70


class Scene:
    """A service of `count` simulated tasks between `low` and `high`, steady and in balance.

    It begins with a minute of the sandbox's clock.
    """

    def __init__(self, aws: Stepped, count: int, *, low: int = 1, high: int = 20) -> None:
        self.aws = aws
        self.account = Account(aws.url)
        self.service = Service(self.account, desired=count)
        self.scaling = self.account.application_autoscaling
        self.bound(MinCapacity=low, MaxCapacity=high)
        self.use(cpu=BALANCED * count, memory=BALANCED)
        aws.forward(minutes=SETTLED)
        aws.forward(seconds=-aws.now().timestamp() % 60)
        self.began = aws.now()

    def bound(self, **members: Any) -> None:
        """RegisterScalableTarget."""
        self.scaling.register_scalable_target(**TARGET, **members)

    def track(self, target: float = 70, metric: str = CPU, **members: Any) -> str:
        """Put a target tracking policy, 60 s out and 300 s in; its name."""
        given = {
            "TargetValue": target,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 300,
        }
        name = "memory" if metric == MEMORY else "cpu" if metric == CPU else "requests"
        self.scaling.put_scaling_policy(
            **TARGET,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=given | members,
        )
        return name

    def schedule(self, name: str, when: str, low: int, high: int, **members: Any) -> None:
        """PutScheduledAction."""
        self.scaling.put_scheduled_action(
            **TARGET,
            ScheduledActionName=name,
            Schedule=when,
            ScalableTargetAction={"MinCapacity": low, "MaxCapacity": high},
            **members,
        )

    def use(self, cpu: float | None = None, memory: float | None = None) -> None:
        """The load: CPU in percent of one task over all of them, memory in percent of each."""
        self.aws.use(self.account, CLUSTER, NAME, cpu_total=cpu, memory_each=memory)

    def publish(self, name: str, value: float, minutes: int, **dimensions: str) -> None:
        """A datapoint of AWS/ApplicationELB in each of the next minutes."""
        named = [{"Name": n, "Value": v} for n, v in dimensions.items()]
        for _ in range(minutes):
            point = {"MetricName": name, "Dimensions": named, "Value": value, "Unit": "Count"}
            self.account.cloudwatch.put_metric_data(
                Namespace="AWS/ApplicationELB", MetricData=[point | {"Timestamp": self.aws.now()}]
            )
            self.aws.forward(minutes=1)

    def counts(self) -> tuple[int, int]:
        """Desired and running tasks."""
        found = self.service.read()
        return found["desiredCount"], found["runningCount"]

    def bounds(self) -> tuple[int, int]:
        """The bounds in force."""
        targets = self.scaling.describe_scalable_targets(ServiceNamespace="ecs")
        found = targets["ScalableTargets"][0]
        return found["MinCapacity"], found["MaxCapacity"]

    def activities(self, *, idle: bool = False) -> list[dict[str, Any]]:
        """What was done since the scene began, oldest first; with `idle` what was not, too."""
        pages = self.scaling.get_paginator("describe_scaling_activities").paginate(
            **TARGET, IncludeNotScaledActivities=idle
        )
        found = [activity for page in pages for activity in page["ScalingActivities"]]
        return [a for a in reversed(found) if a["StartTime"] >= self.began]

    def did(self) -> list[tuple[str, str]]:
        """Each activity since the scene began: `minute:second`, and what it set."""
        return [(self.clock(a["StartTime"]), said(a)) for a in self.activities()]

    def clock(self, when: datetime) -> str:
        """An instant as minutes and seconds since the scene began."""
        passed = int((when - self.began) / timedelta(seconds=1))
        return f"{passed // 60}:{passed % 60:02d}"

    def set_counts(self) -> list[int]:
        """The desired counts that scaling has set, in order."""
        return [int(text) for _, text in self.did() if text.isdecimal()]

    def whys(self) -> list[tuple[str | None, str]]:
        """AWS's code and our words for what was not done, in order."""
        return [why(a) for a in self.activities(idle=True) if "Details" in a]


def forget(aws: Stepped) -> None:
    """Empty the emulator: services that nobody looks at any more cost time at every step."""
    request = urllib.request.Request(f"{aws.url}/_ministack/reset", method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()


def said(activity: dict[str, Any]) -> str:
    """`5` for a desired count of 5, `2-8` for bounds."""
    numbers: Iterable[str] = (w.strip(".") for w in activity["Description"].split())
    return "-".join(word for word in numbers if word.isdecimal())


def why(activity: dict[str, Any]) -> tuple[str | None, str]:
    """The reason code of an activity that did not scale, and its words."""
    codes = [reason["Code"] for reason in activity.get("NotScaledReasons", [])]
    return (codes[0] if codes else None), activity["Details"]
