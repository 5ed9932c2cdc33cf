"""AWS's answers about one stage: what a test has set, and a refusal where it has set one."""

# ruff: noqa: N803 -- parameters are named as AWS names them

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.settings import Settings
from tests.support.fake_aws import NOON, FakeAws, Refusal
from tests.support.fake_service import HTTP, NEW, WEBSOCKET, deployment


@dataclass
class Answers:
    """The backend: all is well with two tasks, unless a test sets it otherwise."""

    aws: FakeAws
    settings: Settings
    desired: int = 2
    running: int = 2
    status: str = "ACTIVE"
    deployments: list[dict[str, Any]] = field(
        default_factory=lambda: [deployment("new", NEW, "COMPLETED")]
    )
    events: list[str] = field(default_factory=list)  # the newest first
    health: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    bounds: tuple[int, int] | None = (1, 10)  # None: no scalable target
    suspended: dict[str, bool] = field(default_factory=dict)
    policies: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)  # the latest, by metric
    activities: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # operation -> code

    @property
    def name(self) -> str:
        """Of cluster, service and scalable target."""
        return f"evenkeel-{self.settings.stage}"

    def describe_services(self, cluster: str, services: list[str]) -> dict[str, Any]:
        self._check("describe_services")
        assert (cluster, services) == (self.name, [self.name])
        service = {
            "serviceName": self.name,
            "status": self.status,
            "desiredCount": self.desired,
            "runningCount": self.running,
            "pendingCount": 0,
            "deployments": self.deployments,
            "loadBalancers": [{"targetGroupArn": HTTP}, {"targetGroupArn": WEBSOCKET}],
            "events": [
                {"id": str(n), "createdAt": NOON - timedelta(seconds=n), "message": message}
                for n, message in enumerate(self.events)
            ],
        }
        return {"services": [service] if self.status else [], "failures": []}

    def describe_target_health(self, TargetGroupArn: str) -> dict[str, Any]:
        self._check("describe_target_health")
        well = [
            {"Target": {"Id": f"10.0.0.{n}"}, "TargetHealth": {"State": "healthy"}} for n in (1, 2)
        ]
        return {"TargetHealthDescriptions": self.health.get(TargetGroupArn, well)}

    def describe_scalable_targets(self, **_: Any) -> dict[str, Any]:
        self._check("describe_scalable_targets")
        if self.bounds is None:
            return {"ScalableTargets": []}
        target = {
            **self.scaled,
            "MinCapacity": self.bounds[0],
            "MaxCapacity": self.bounds[1],
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "CreationTime": NOON,
            "SuspendedState": self.suspended,
        }
        return {"ScalableTargets": [target]}

    def describe_scaling_policies(self, NextToken: str = "0", **_: Any) -> dict[str, Any]:
        """One policy a page."""
        self._check("describe_scaling_policies")
        at = int(NextToken)
        more = {"NextToken": str(at + 1)} if at + 1 < len(self.policies) else {}
        return {"ScalingPolicies": self.policies[at : at + 1], **more}

    def describe_scaling_activities(self, **parameters: Any) -> dict[str, Any]:
        self._check("describe_scaling_activities")
        assert parameters["IncludeNotScaledActivities"] is True
        return {"ScalingActivities": self.activities}

    def describe_alarms(
        self,
        AlarmNamePrefix: str | None = None,
        AlarmNames: list[str] | None = None,
        NextToken: str = "0",
    ) -> dict[str, Any]:
        """Two alarms a page."""
        self._check("describe_alarms")
        found = [
            each
            for each in self.alarms
            if (AlarmNamePrefix and each["AlarmName"].startswith(AlarmNamePrefix))
            or each["AlarmName"] in (AlarmNames or [])
        ]
        at = int(NextToken)
        more = {"NextToken": str(at + 2)} if at + 2 < len(found) else {}
        return {"MetricAlarms": found[at : at + 2], **more}

    def get_metric_data(
        self, MetricDataQueries: list[dict[str, Any]], StartTime: datetime, **_: Any
    ) -> dict[str, Any]:
        self._check("get_metric_data")
        assert StartTime < self.aws.now
        found = []
        for query in MetricDataQueries:
            value = self.values.get(query["MetricStat"]["Metric"]["MetricName"])
            at = [self.aws.now - timedelta(minutes=n) for n in (2, 3)]
            values = {"Timestamps": at, "Values": [value, value + 1]} if value is not None else {}
            found.append({"Id": query["Id"], **({"Timestamps": [], "Values": []} | values)})
        return {"MetricDataResults": found}

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        self._check("get_parameter")
        raise Refusal("ParameterNotFound")

    @property
    def scaled(self) -> dict[str, str]:
        """How Application Auto Scaling names the service."""
        return {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{self.name}/{self.name}",
            "ScalableDimension": "ecs:service:DesiredCount",
        }

    def _check(self, operation: str) -> None:
        if code := self.refused.get(operation):
            raise Refusal(code, f"not authorized to perform {operation}")
