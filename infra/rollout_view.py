"""One look at a service during a rollout: what ECS, the load balancer and scaling say of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.account import Account
from infra.ecs_tasks import Task, listed
from infra.scaled_service import ALL_SUSPENDED, ScaledService, suspended_state

# A task is taken to live on once it is this many times as old as a lost one has become.
OUTLIVED = 2


class ServiceMissingError(Exception):
    """ECS does not know the service, or has it as deleted."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The service and what its rollout must reach."""

    cluster: str
    service: str
    task_definition: str
    capacity_provider: str
    target_group_arns: Sequence[str]
    timeout_seconds: int


@dataclass(frozen=True)
class View:
    """What was seen in one look."""

    watched: Watched
    service: dict[str, Any]
    tasks: Sequence[Task]
    minimum: int  # the scalable target's minimum in force, or the desired count without one
    now: datetime  # the account's
    health: dict[str, Counter[str]] = field(default_factory=dict)  # target state -> count, by group

    @property
    def primary(self) -> dict[str, Any]:
        """The deployment that ECS is working towards."""
        primary: dict[str, Any] = next(
            each for each in self.service["deployments"] if each["status"] == "PRIMARY"
        )
        return primary

    @property
    def is_requested(self) -> bool:
        """PRIMARY is of the requested revision, on the requested capacity provider.

        A rollback of a change that left the task definition alone has the revision right.
        """
        strategy = self.primary.get("capacityProviderStrategy") or []
        providers = [each["capacityProvider"] for each in strategy]
        return (self.primary["taskDefinition"], providers) == (
            self.watched.task_definition,
            [self.watched.capacity_provider],
        )

    def deployment(self, id_: str) -> dict[str, Any] | None:
        """The deployment of that id, while ECS still lists it."""
        return next((each for each in self.service["deployments"] if each["id"] == id_), None)

    def missing(self) -> list[str]:
        """What is not as it must be yet, each as a phrase with its numbers; empty when done."""
        primary = self.primary
        found = []
        if not self.is_requested:
            found.append(f"PRIMARY is another deployment, of {primary['taskDefinition']}")
        if primary.get("rolloutState") != "COMPLETED":
            found.append(f"the deployment is {primary.get('rolloutState')}")
        if failed := primary.get("failedTasks", 0):
            found.append(f"{failed} failed tasks")
        if (running := primary["runningCount"]) < self.minimum:
            found.append(f"{running} running, the minimum in force is {self.minimum}")
        return [*found, *self._lost(), *self._unhealthy(), *self._leftovers()]

    def _lost(self) -> list[str]:
        """Lost tasks of this deployment, until all that run have lived OUTLIVED times as long.

        To ECS a task that was healthy once is no failure: it replaces those for ever. One that
        ran for longer than a rollout may take had its own reasons, and holds none up.
        """
        longest_seen = timedelta(seconds=self.watched.timeout_seconds)
        own = [task for task in self.tasks if task.started_by == self.primary["id"]]
        lost = [life for t in own if t.is_lost and (life := t.life(self.now)) <= longest_seen]
        ages = [task.life(self.now) for task in own if not task.is_ending]
        if not lost or not ages or min(ages) > OUTLIVED * max(lost):
            return []
        count = f"{len(lost)} task{'s' if len(lost) > 1 else ''}"
        longest, youngest = (f"{each.total_seconds():.0f} s" for each in (max(lost), min(ages)))
        return [
            f"{count} lost, after up to {longest}; those that run must live {OUTLIVED} times as "
            f"long, and the youngest is {youngest} old"
        ]

    def _unhealthy(self) -> list[str]:
        """Targets that are not healthy; draining ones are leaving, and their tasks are judged."""
        found = []
        for group, states in self.health.items():
            name = group.split("/")[-2]
            others = {
                state: n for state, n in states.items() if state not in ("healthy", "draining")
            }
            if others:
                said = ", ".join(f"{n} {state}" for state, n in sorted(others.items()))
                found.append(f"target group {name}: {said}")
            elif states["healthy"] < self.minimum:
                found.append(
                    f"target group {name}: {states['healthy']} healthy, "
                    f"the minimum in force is {self.minimum}"
                )
        return found

    def _leftovers(self) -> list[str]:
        """Tasks of another revision or deployment: a draining one still serves and still writes."""
        old = sum(
            not task.is_stopped and task.definition != self.watched.task_definition
            for task in self.tasks
        )
        busy = sum(
            each["runningCount"] + each["pendingCount"]
            for each in self.service["deployments"]
            if each["id"] != self.primary["id"]
        )
        return [f"{max(old, busy)} tasks of before still stopping"] if old or busy else []


def look(account: Account, watched: Watched) -> View:
    """The service as it is now. Raises ServiceMissingError."""
    ecs = account.client("ecs")
    answer = ecs.describe_services(cluster=watched.cluster, services=[watched.service])
    active = [each for each in answer["services"] if each["status"] == "ACTIVE"]
    if not active:
        raise ServiceMissingError(watched.service)
    return View(
        watched,
        active[0],
        listed(ecs, watched.cluster, serviceName=watched.service),
        _minimum(account, watched, active[0]),
        account.now,
        {arn: _health(account, arn) for arn in watched.target_group_arns},
    )


def _minimum(account: Account, watched: Watched, service: dict[str, Any]) -> int:
    desired = int(service["desiredCount"])
    target = ScaledService(watched.service, account.client).target()
    if target is None:
        return desired
    minimum = int(target["MinCapacity"])
    # With all of scaling suspended, as in a panic, nothing lifts a count below the minimum.
    return min(minimum, desired) if suspended_state(target) == ALL_SUSPENDED else minimum


def _health(account: Account, target_group_arn: str) -> Counter[str]:
    answer = account.client("elbv2").describe_target_health(TargetGroupArn=target_group_arn)
    return Counter(each["TargetHealth"]["State"] for each in answer["TargetHealthDescriptions"])


def events_since(service: dict[str, Any], start: datetime) -> list[str]:
    """The service's events since *start*, the oldest first; ECS lists the newest first."""
    told = [each for each in reversed(service.get("events", [])) if each["createdAt"] >= start]
    return [
        f"{each['createdAt']:%H:%M:%S} {each['message']}"
        for each in sorted(told, key=lambda each: each["createdAt"])
    ]
