"""A stage as a drill sees it, without a sandbox: its account, its load and its Socket.IO clients.

The service scales by the load that the drill asks for: out a task a minute after three minutes,
in a task each five minutes after fifteen. Each field that tests change is one thing gone wrong.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.migration_ledger import SUCCEEDED_TAG
from infra.settings import Settings
from ops.drill_run import Subject
from ops.reach import Reached
from tests.support.fake_aws import FakeAws, Refusal
from tests.support.fake_load import FakeLoad, address

NAME = "evenkeel-staging"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/http/1"
BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/staging/1"
ECS = "arn:aws:ecs:eu-west-1:123456789012"
ALL_ON = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


@dataclass
class FakeStage:
    """The backend of `aws`: a service with its scalable target, alarms, metrics and tasks."""

    aws: FakeAws
    settings: Settings
    load: FakeLoad = field(default_factory=FakeLoad)
    desired: int = 1
    bounds: tuple[int, int] = (1, 2)
    suspended: dict[str, bool] = field(default_factory=lambda: dict(ALL_ON))
    exists: bool = True
    deploying: bool = False
    scales: bool = True
    beyond: int = 0  # tasks above the maximum that scaling goes to
    takes: int = 1  # tasks of one scale-in
    alarm: bool = True  # the alarm goes off
    returns: bool = True  # clients that lose their task come back
    errors: int = 0  # 5XX of the load balancer's own
    registrations: int = 1000  # RegisterScalableTarget calls before AWS refuses one
    unpublished: int = 0  # requests that CloudWatch lacks
    succeeded: dict[str, str] = field(default_factory=dict)  # by revision
    migrating: list[str] = field(default_factory=list)  # startedBy of migration tasks
    activities: list[dict[str, Any]] = field(default_factory=list)
    panic: str | None = None  # what its parameter holds
    _loaded: bool = False
    _since: datetime | None = None
    _full: datetime | None = None

    @property
    def subject(self) -> Subject:
        account, url = self.aws.account, "http://127.0.0.1:9"
        reached = Reached(self.settings, "the sandbox of a test", True, account, url)
        return Subject(reached, url, None, speed=0.001)

    @property
    def state(self) -> tuple[object, ...]:
        """What a drill changes and puts back."""
        return self.desired, self.bounds, self.suspended

    def describe_services(self, **_: Any) -> dict[str, Any]:
        if not self.exists:
            raise Refusal("ClusterNotFoundException")
        self._scale()
        service = {
            "status": "ACTIVE",
            "desiredCount": self.desired,
            "runningCount": self.desired,
            "deployments": [{"rolloutState": "IN_PROGRESS" if self.deploying else "COMPLETED"}],
            "loadBalancers": [{"targetGroupArn": GROUP}],
        }
        return {"services": [service]}

    def update_service(self, *, desiredCount: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.desired = desiredCount
        return {}

    def describe_scalable_targets(self, **_: Any) -> dict[str, Any]:
        target = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{NAME}/{NAME}",
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": self.bounds[0],
            "MaxCapacity": self.bounds[1],
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "CreationTime": self.aws.now,
            "SuspendedState": self.suspended,
        }
        return {"ScalableTargets": [target]}

    def register_scalable_target(self, **given: Any) -> dict[str, Any]:
        self.registrations -= 1
        if self.registrations < 0:
            raise Refusal("AccessDeniedException")
        self.bounds = given["MinCapacity"], given["MaxCapacity"]
        self.suspended = {**self.suspended, **given["SuspendedState"]}
        self.desired = min(max(self.desired, self.bounds[0]), self.bounds[1])
        return {}

    def describe_scaling_activities(self, **_: Any) -> dict[str, Any]:
        return {"ScalingActivities": self.activities[::-1]}

    def describe_alarms(self, *, AlarmNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803
        full = self._full is not None and self.aws.now - self._full >= timedelta(minutes=5)
        state = "ALARM" if full and self.alarm else "OK"
        return {"MetricAlarms": [{"AlarmName": AlarmNames[0], "StateValue": state}]}

    def get_metric_statistics(self, *, MetricName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        minute = self.aws.now.replace(second=0, microsecond=0)
        values = {
            "CPUUtilization": 78.0 if self._loaded else 5.0,
            "RequestCount": 100.0 - self.unpublished,
            "HTTPCode_ELB_5XX_Count": float(self.errors),
            "HTTPCode_Target_5XX_Count": 0.0,
        }
        kind = "Average" if MetricName == "CPUUtilization" else "Sum"
        return {"Datapoints": [{"Timestamp": minute, kind: values[MetricName]}]}

    def list_tasks(self, *, desiredStatus: str, **of: Any) -> dict[str, Any]:  # noqa: N803
        if desiredStatus == "STOPPED":
            return {"taskArns": []}
        service = [f"{ECS}:task/{NAME}/{n}" for n in range(1, self.desired + 1)]
        others = [f"{ECS}:task/{NAME}/m{n}" for n in range(len(self.migrating))]
        return {"taskArns": service if "serviceName" in of else service + others}

    def describe_tasks(self, *, tasks: list[str], **_: Any) -> dict[str, Any]:
        return {"tasks": [self._task(arn) for arn in tasks]}

    def list_task_definitions(self, **_: Any) -> dict[str, Any]:
        return {"taskDefinitionArns": [*self.succeeded]}

    def list_tags_for_resource(self, *, resourceArn: str) -> dict[str, Any]:  # noqa: N803
        return {"tags": [{"key": SUCCEEDED_TAG, "value": self.succeeded[resourceArn]}]}

    def get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803
        if self.panic is None:
            raise Refusal("ParameterNotFound")
        return {"Parameter": {"Name": Name, "Value": self.panic}}

    def put_parameter(self, *, Value: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.panic = Value
        return {}

    def describe_target_groups(self, **_: Any) -> dict[str, Any]:
        return {"TargetGroups": [{"LoadBalancerArns": [BALANCER]}]}

    def describe_load_balancers(self, **_: Any) -> dict[str, Any]:
        return {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "DNSName": "staging.test"}]}

    def _task(self, arn: str) -> dict[str, Any]:
        number = arn.rpartition("/")[2]
        if number.startswith("m"):
            return {"taskArn": arn, "startedBy": self.migrating[int(number[1:])]}
        detail = {"name": "privateIPv4Address", "value": address(int(number))}
        attachments = [{"details": [detail]}]
        return {"taskArn": arn, "lastStatus": "RUNNING", "attachments": attachments}

    def _scale(self) -> None:
        now, (low, high) = self.aws.now, self.bounds
        if (self.load.cpu > 0) != self._loaded or self._since is None:
            self._loaded, self._since = self.load.cpu > 0, now
        passed = now - self._since
        if self._loaded and passed >= timedelta(minutes=3) and self.desired < high + self.beyond:
            self._set(self.desired + 1)
        last = self.activities[-1]["StartTime"] if self.activities else self._since
        calm = min(passed - timedelta(minutes=10), now - last) >= timedelta(minutes=5)
        if not self._loaded and self.desired > low and calm:
            self._set(max(low, self.desired - self.takes))
        if self.desired < high:
            self._full = None
        self._full = self._full or (now if self.desired >= high else None)

    def _set(self, count: int) -> None:
        if not self.scales or self.suspended["DynamicScalingOutSuspended"]:
            return
        for guest in self.load.guests:
            if guest.place > address(count):
                guest.losses, guest.joins = 1, 1 + self.returns
                guest.place = address(1) if self.returns else ""
        self.desired = count
        self.activities.append(
            {
                "ActivityId": str(len(self.activities)),
                "ServiceNamespace": "ecs",
                "ResourceId": f"service/{NAME}/{NAME}",
                "ScalableDimension": "ecs:service:DesiredCount",
                "Description": f"Setting desired count to {count}.",
                "Cause": "monitor alarm TargetTracking triggered policy evenkeel-staging-cpu",
                "StartTime": self.aws.now,
                "StatusCode": "Successful",
            }
        )
