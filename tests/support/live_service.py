"""The one service of a live stage: what a test asks of it and does to it."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.account import Account as Reached
from infra.account import connect
from infra.rollout_view import Watched
from infra.rollout_wait import Settled, wait_until_settled
from infra.settings import Settings
from sandbox.state import Part
from tests.support.dataplane import DataPlane
from tests.support.emulated_tasks import address, pid
from tests.support.emulator import Account, Emulator, until
from tests.support.program import Program

PATIENCE = 300.0  # seconds that a slow machine may need for what takes some here
_REGISTERED = (  # what a new revision takes over
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
)


@dataclass(frozen=True)
class Live:
    """A stage that serves at `url`."""

    settings: Settings
    emulator: Emulator
    account: Account
    plane: DataPlane
    database: Part
    program: Program

    @property
    def name(self) -> str:
        """The name of the cluster, and of the service."""
        return f"evenkeel-{self.settings.stage}"

    @property
    def groups(self) -> dict[str, str]:
        """The target groups' ARNs by use: http, websocket."""
        return dict(self.program.outputs["targetGroups"])

    @property
    def url(self) -> str:
        """The load balancer's HTTP listener on this machine, once every change is live."""
        balancer = self.program.one("aws:lb/loadBalancer:LoadBalancer").outputs["arn"]
        return self.plane.listener(str(balancer))

    def service(self) -> dict[str, Any]:
        """DescribeServices."""
        found = self.account.ecs.describe_services(cluster=self.name, services=[self.name])
        return dict(found["services"][0])

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        """DescribeTasks of those whose desired status this is."""
        arns = self.account.ecs.list_tasks(
            cluster=self.name, serviceName=self.name, desiredStatus=status
        )["taskArns"]
        if not arns:
            return []
        found = self.account.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"]
        return list(found)

    def alive(self) -> list[dict[str, Any]]:
        """Tasks that the connection sum counts: begun, and not yet ended."""
        # By name: one that is asked to stop between the two looks is in both.
        found = {t["taskArn"]: t for status in ("RUNNING", "STOPPED") for t in self.tasks(status)}
        return [t for t in found.values() if t["lastStatus"] not in ("DEPROVISIONING", "STOPPED")]

    def addresses(self) -> set[str]:
        """The addresses of the tasks that ECS wants."""
        return {address(task) for task in self.tasks()}

    def health(self) -> dict[str, dict[str, str]]:
        """State by address, by use of the target group."""
        return {
            use: {
                each["Target"]["Id"]: each["TargetHealth"]["State"]
                for each in self.account.elbv2.describe_target_health(TargetGroupArn=arn)[
                    "TargetHealthDescriptions"
                ]
            }
            for use, arn in self.groups.items()
        }

    def revise(self, **environment: str) -> str:
        """Registers a revision with other environment variables; its ARN."""
        before = self.account.ecs.describe_task_definition(
            taskDefinition=self.service()["taskDefinition"]
        )["taskDefinition"]
        (container,) = before["containerDefinitions"]
        variables = {each["name"]: each["value"] for each in container["environment"]}
        container["environment"] = [
            {"name": name, "value": value} for name, value in (variables | environment).items()
        ]
        kept = {name: before[name] for name in _REGISTERED if name in before}
        made = self.account.ecs.register_task_definition(**kept)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(self, **parameters: Any) -> None:
        """UpdateService."""
        self.account.ecs.update_service(cluster=self.name, service=self.name, **parameters)

    def deploy(self, release: str, **parameters: Any) -> Settled:
        """Deploys a revision of this RELEASE; what the rollout says when all of it is done.

        Raises RolloutFailedError.
        """
        revision = self.revise(RELEASE=release)
        self.update(taskDefinition=revision, **parameters)
        return self.settled()

    def scale(self, count: int) -> None:
        """Brings the scalable target's bounds to `count` and waits until so many tasks are left."""
        self.account.application_autoscaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/{self.name}/{self.name}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=count,
            MaxCapacity=count,
        )
        until(
            lambda: len(self.alive()) == count == self.service()["desiredCount"] or None,
            f"the service has {count} tasks",
            seconds=PATIENCE,
        )
        self.steady()

    def steady(self) -> None:
        """Waits until as many tasks as are wanted are healthy in every target group."""

        def reached() -> bool | None:
            wanted, service = sorted(self.addresses()), self.service()
            enough = len(wanted) == service["desiredCount"] == service["runningCount"]
            return (
                enough and all(_in_service(g) == wanted for g in self.health().values())
            ) or None

        until(reached, "the service is steady", seconds=PATIENCE)
        self.plane.until_live()

    def settled(self) -> Settled:
        """Waits as the rollout does, without its time limit, which is on the sandbox clock."""
        return wait_until_settled(self._watched(), self._connected(), sleep=_briefly)

    def kill(self, task: dict[str, Any]) -> None:
        """SIGKILL to the whole process group of a task."""
        os.killpg(os.getpgid(pid(task)), signal.SIGKILL)

    def _connected(self) -> Reached:
        account, region = self.account.name, self.settings.region
        return connect({"profile": "", "roleArn": "", "account": account, "region": region})

    def _watched(self) -> Watched:
        service = self.service()
        (strategy,) = service["capacityProviderStrategy"]
        return Watched(
            cluster=self.name,
            service=self.name,
            task_definition=service["taskDefinition"],
            capacity_provider=strategy["capacityProvider"],
            target_group_arns=list(self.groups.values()),
            timeout_seconds=10**6,
        )


def _in_service(group: Mapping[str, str]) -> list[str]:
    """The addresses of a target group, in order, when all of them are healthy or leave."""
    states = {state for state in group.values() if state != "draining"}
    return sorted(a for a in group if group[a] == "healthy") if states == {"healthy"} else []


def _briefly(seconds: float) -> None:
    """The rollout's pauses, short as the sandbox's seconds are."""

    time.sleep(min(seconds, 0.5))
