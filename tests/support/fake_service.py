"""A service during a rollout, set by hand: each test says what AWS shows, and when that changes."""

# ruff: noqa: N803 -- parameters are named as AWS names them

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from infra.rollout_view import Watched
from infra.rollout_wait import Settled, wait_until_settled
from tests.support.fake_aws import ACCOUNT, NOON, REGION, FakeAws, shared

CLUSTER = SERVICE = "evenkeel-staging"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
OLD = f"{ARN}:task-definition/evenkeel-staging-service:6"
NEW = f"{ARN}:task-definition/evenkeel-staging-service:7"
HTTP, WEBSOCKET = (
    f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/{use}/50dc6c495c0c9188"
    for use in ("http", "websocket")
)
SWITCHES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


def deployment(id_: str, definition: str, state: str, **more: Any) -> dict[str, Any]:
    """A PRIMARY deployment of two running tasks, changed by *more*."""
    return {
        "id": f"ecs-svc/{id_}",
        "status": "PRIMARY",
        "taskDefinition": definition,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        "rolloutState": state,
        "runningCount": 2,
        "pendingCount": 0,
        "failedTasks": 0,
        "createdAt": NOON,
        **more,
    }


def task(number: int, definition: str, **more: Any) -> dict[str, Any]:
    """A running task, changed by *more*."""
    return {
        "taskArn": f"{ARN}:task/{CLUSTER}/{number:032x}",
        "taskDefinitionArn": definition,
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "createdAt": NOON,
        "containers": [{"name": "service"}],
        **more,
    }


@dataclass
class FakeService:
    """The backend: everything settled on NEW, unless a test sets it otherwise."""

    aws: FakeAws
    deployments: list[dict[str, Any]] = field(
        default_factory=lambda: [deployment("new", NEW, "COMPLETED")]
    )
    tasks: list[dict[str, Any]] = field(default_factory=lambda: [task(1, NEW), task(2, NEW)])
    health: dict[str, list[str]] = field(
        default_factory=lambda: {HTTP: ["healthy"] * 2, WEBSOCKET: ["healthy"] * 2}
    )
    minimum: int | None = 2  # None: no scalable target
    suspended: tuple[bool, ...] = ()  # scaling in, out, scheduled; empty: AWS does not say
    desired: int = 2
    status: str = "ACTIVE"
    events: list[tuple[float, str]] = field(default_factory=list)  # seconds after noon, message
    changes: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    on_ask: Callable[[], None] = lambda: None

    def at(self, seconds: float, change: Callable[[], None]) -> None:
        """Let *change* happen *seconds* after noon."""
        self.changes.append((seconds, change))

    def is_running(self, *deployments: dict[str, Any]) -> None:
        """From now on ECS lists these deployments."""
        self.deployments = list(deployments)

    def describe_services(self, cluster: str, services: list[str]) -> dict[str, Any]:
        assert (cluster, services) == (CLUSTER, [SERVICE])
        passed = (self.aws.now - NOON).total_seconds()
        due = [change for seconds, change in self.changes if seconds <= passed]
        self.changes = [each for each in self.changes if each[0] > passed]
        for change in due:
            change()
        told = [each for each in self.events if each[0] <= passed]
        service = {
            "serviceName": SERVICE,
            "status": self.status,
            "desiredCount": self.desired,
            "deployments": self.deployments,
            "events": [
                {"id": message, "createdAt": NOON + timedelta(seconds=seconds), "message": message}
                for seconds, message in reversed(told)
            ],
        }
        return {"services": [service], "failures": []}

    def update_service(self, **parameters: Any) -> dict[str, Any]:
        self.asked.append(parameters)
        self.on_ask()
        return {"service": {"serviceName": SERVICE}}

    def list_tasks(self, cluster: str, serviceName: str, desiredStatus: str) -> dict[str, Any]:
        assert (cluster, serviceName) == (CLUSTER, SERVICE)
        found = [each for each in self.tasks if each["desiredStatus"] == desiredStatus]
        return {"taskArns": [each["taskArn"] for each in found]}

    def describe_tasks(self, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster == CLUSTER
        return {"tasks": [t for t in self.tasks if t["taskArn"] in tasks], "failures": []}

    def describe_scalable_targets(
        self,
        ServiceNamespace: str,
        ResourceIds: list[str],
        ScalableDimension: str,
    ) -> dict[str, Any]:
        asked = (ServiceNamespace, ResourceIds, ScalableDimension)
        assert asked == ("ecs", [f"service/{CLUSTER}/{SERVICE}"], "ecs:service:DesiredCount")
        if self.minimum is None:
            return {"ScalableTargets": []}
        target = {
            "ServiceNamespace": "ecs",
            "ResourceId": ResourceIds[0],
            "ScalableDimension": ScalableDimension,
            "MinCapacity": self.minimum,
            "MaxCapacity": 10,
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "CreationTime": NOON,
        }
        if self.suspended:
            target["SuspendedState"] = dict(zip(SWITCHES, self.suspended, strict=True))
        return {"ScalableTargets": [target]}

    def describe_target_health(self, TargetGroupArn: str) -> dict[str, Any]:
        return {
            "TargetHealthDescriptions": [
                {"Target": {"Id": f"10.0.0.{n}"}, "TargetHealth": {"State": state}}
                for n, state in enumerate(self.health[TargetGroupArn], 1)
            ]
        }


def settled() -> FakeService:
    """A fresh account with a service settled on NEW."""
    service = FakeService(shared())
    service.aws.reset(service)
    return service


def wait(service: FakeService, seconds: int = 900) -> Settled:
    """One update's wait for NEW, of at most *seconds*."""
    watched = Watched(
        cluster=CLUSTER,
        service=SERVICE,
        task_definition=NEW,
        capacity_provider="FARGATE",
        target_group_arns=[HTTP, WEBSOCKET],
        timeout_seconds=seconds,
    )
    return wait_until_settled(watched, service.aws.account, sleep=service.aws.sleep)
