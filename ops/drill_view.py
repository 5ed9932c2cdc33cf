"""What AWS says of a stage while it is drilled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.migration_spec import is_mark
from infra.scaled_service import ScaledService
from ops.reach import Reached

MINUTE = timedelta(minutes=1)
COUNT_SET = "Setting desired count to "  # how AWS describes that, and nothing else
_GONE = ("DEPROVISIONING", "STOPPED")  # such a task has no process any more


@dataclass(frozen=True)
class Look:
    """The service at one moment of the sandbox clock; `cpu` is the latest minute's average."""

    at: datetime
    desired: int
    running: int
    deploying: bool
    cpu: float | None  # percent of what the tasks declare
    minute: datetime | None  # whose average that is

    def __str__(self) -> str:
        cpu = "" if self.cpu is None else f", CPU {self.cpu:.0f} %"
        return f"{self.at:%H:%M:%S}  {self.desired} wanted, {self.running} running{cpu}"


@dataclass(frozen=True)
class Activity:
    """One scaling activity: `count` is what it set."""

    at: datetime
    count: int
    cause: str


@dataclass(frozen=True)
class DrillView:
    """The stage's service, scalable target, alarms, metrics and tasks."""

    reached: Reached

    @property
    def name(self) -> str:
        return self.reached.name

    @property
    def scaled(self) -> ScaledService:
        return self.reached.scaled

    def look(self) -> Look:
        service = self.scaled.service()
        assert service is not None, "a stage that is drilled has a service"
        now = self.reached.now
        dimensions = {"ClusterName": self.name, "ServiceName": self.name}
        cpu = self.minutes("AWS/ECS", "CPUUtilization", dimensions, "Average", now - 5 * MINUTE)
        latest = max(cpu, default=None)
        return Look(
            at=now,
            desired=service["desiredCount"],
            running=service["runningCount"],
            deploying=any(d["rolloutState"] == "IN_PROGRESS" for d in service["deployments"]),
            cpu=cpu[latest] if latest else None,
            minute=latest,
        )

    def minutes(
        self,
        namespace: str,
        metric: str,
        dimensions: Mapping[str, str],
        statistic: str,
        since: datetime,
    ) -> dict[datetime, float]:
        """A metric by minute, from that of `since` on."""
        found = self.reached.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=since.replace(second=0, microsecond=0),
            EndTime=self.reached.now + MINUTE,
            Period=60,
            Statistics=[statistic],
        )
        return {point["Timestamp"]: point[statistic] for point in found["Datapoints"]}

    def alarm(self, name: str) -> dict[str, Any] | None:
        """The alarm of that name; None where there is none."""
        found = self.reached.client("cloudwatch").describe_alarms(AlarmNames=[name])
        return next(iter(found["MetricAlarms"]), None)

    def activities(self, since: datetime) -> list[Activity]:
        """What scaling has set since then, the oldest first."""
        client = self.reached.client("application-autoscaling")
        found = client.describe_scaling_activities(**self.scaled.dimension)["ScalingActivities"]
        return [
            Activity(each["StartTime"], _count(each["Description"]), each["Cause"])
            for each in reversed(found)
            if each["StartTime"] >= since and each["Description"].startswith(COUNT_SET)
        ]

    def addresses(self) -> set[str]:
        """The private addresses of the tasks that have begun and have not ended, draining ones too.

        A task without an address has not begun.
        """
        return {
            detail["value"]
            for task in self._tasks(serviceName=self.name)
            if task["lastStatus"] not in _GONE
            for attachment in task["attachments"]
            for detail in attachment["details"]
            if detail["name"] == "privateIPv4Address"
        }

    def migrations(self) -> set[str]:
        """The ARNs of the migration tasks that ECS still lists."""
        tasks = self._tasks()
        return {task["taskArn"] for task in tasks if is_mark(task.get("startedBy", ""))}

    def tagged(self, family: str, tag: str) -> dict[str, str]:
        """The values of a tag by the ARN of each revision of a family that bears it."""
        ecs, found = self.reached.client("ecs"), {}
        pages = ecs.get_paginator("list_task_definitions").paginate(familyPrefix=family)
        for arn in (arn for page in pages for arn in page["taskDefinitionArns"]):
            if arn.rpartition("/")[2].rpartition(":")[0] == family:
                given = ecs.list_tags_for_resource(resourceArn=arn)["tags"]
                tags = {each["key"]: each["value"] for each in given}
                found.update({arn: tags[tag]} if tag in tags else {})
        return found

    def balancer(self) -> dict[str, Any]:
        """The load balancer that the service is behind."""
        elb, service = self.reached.client("elbv2"), self.scaled.service()
        assert service is not None, "a stage that is drilled has a service"
        group = service["loadBalancers"][0]["targetGroupArn"]
        (found,) = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
        arns = found["LoadBalancerArns"]
        return dict(elb.describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"][0])

    def _tasks(self, **of: str) -> Iterator[dict[str, Any]]:
        ecs = self.reached.client("ecs")
        for status in ("RUNNING", "STOPPED"):
            pages = ecs.get_paginator("list_tasks").paginate(
                cluster=self.name, desiredStatus=status, **of
            )
            for page in pages:
                yield from _described(ecs, self.name, page["taskArns"])


def _described(ecs: Any, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
    return list(ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]) if arns else []


def _count(description: str) -> int:
    """5 of `Setting desired count to 5.`"""
    return int(description.removeprefix(COUNT_SET).rstrip("."))
