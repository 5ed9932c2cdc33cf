"""What ECS says about tasks: which there are, whether they ran well, why they stopped."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

DESCRIBED_AT_ONCE = 100  # DescribeTasks: "You can specify up to 100" (API reference)
# How the stopped reason begins (ECS developer guide, stopped tasks error messages).
UNHEALTHY = "Task failed ELB health checks"


@dataclass(frozen=True)
class Task:
    """One task as DescribeTasks gives it."""

    data: dict[str, Any]

    @property
    def arn(self) -> str:
        return str(self.data["taskArn"])

    @property
    def id(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    @property
    def definition(self) -> str:
        return str(self.data["taskDefinitionArn"])

    @property
    def started_by(self) -> str:
        return str(self.data.get("startedBy", ""))

    @property
    def created_at(self) -> datetime:
        at: datetime = self.data["createdAt"]
        return at

    @property
    def is_stopped(self) -> bool:
        """Its containers are gone. A draining or stopping task still holds what it holds."""
        return str(self.data["lastStatus"]) == "STOPPED"

    @property
    def is_ending(self) -> bool:
        """ECS or somebody has told it to stop, or its container has exited."""
        return self.data.get("desiredStatus") == "STOPPED"

    @property
    def is_lost(self) -> bool:
        """A service's task that has ended by itself, or that ECS ends for its health."""
        exited = self.data.get("stopCode") == "EssentialContainerExited"
        unhealthy = str(self.data.get("stoppedReason")).startswith(UNHEALTHY)
        return self.is_ending and (exited or unhealthy)

    def life(self, now: datetime) -> timedelta:
        """How long it has run, until its end or *now*; nothing while it has not started."""
        started = self.data.get("startedAt")
        ended: datetime = self.data.get("stoppingAt") or self.data.get("stoppedAt") or now
        return ended - started if started else timedelta()

    def exit_code(self, container: str) -> int | None:
        """The exit code of *container*; None where ECS has none, as when it never started."""
        for each in self.data.get("containers", []):
            if each.get("name") == container:
                code: int | None = each.get("exitCode")
                return code
        return None

    def succeeded(self, container: str) -> bool:
        """Stopped because *container* exited, with exit code exactly 0 (S0-05, K13)."""
        return (
            self.is_stopped
            and self.data.get("stopCode") == "EssentialContainerExited"
            and self.exit_code(container) == 0
        )

    def reason(self) -> str:
        """Why it stopped, in ECS's words: stop code and reason, containers' reasons and codes."""
        said = [self.data.get("stopCode"), self.data.get("stoppedReason")]
        for each in self.data.get("containers", []):
            said.append(each.get("reason"))
            if "exitCode" in each:
                said.append(f"container {each['name']} exited with code {each['exitCode']}")
        return ": ".join(dict.fromkeys(part for part in said if part)) or "ECS gives no reason"


def describe(ecs: Any, cluster: str, arns: Iterable[str]) -> list[Task]:
    """The tasks of *arns* that ECS knows; just after RunTask it may not know one yet."""
    wanted = [*arns]
    found: list[Task] = []
    for start in range(0, len(wanted), DESCRIBED_AT_ONCE):
        batch = wanted[start : start + DESCRIBED_AT_ONCE]
        found += [Task(each) for each in ecs.describe_tasks(cluster=cluster, tasks=batch)["tasks"]]
    return found


def listed(ecs: Any, cluster: str, **family_or_service: str) -> list[Task]:
    """Every task of a family or a service, stopped ones included (ECS keeps those for an hour)."""
    arns: dict[str, None] = {}
    for status in ("RUNNING", "STOPPED"):
        pages = ecs.get_paginator("list_tasks").paginate(
            cluster=cluster, desiredStatus=status, **family_or_service
        )
        arns.update(dict.fromkeys(arn for page in pages for arn in page["taskArns"]))
    return describe(ecs, cluster, arns)


def stopped_reasons(tasks: Iterable[Task]) -> Iterator[str]:
    """One line for each distinct reason among the stopped of *tasks*, the most frequent first."""
    counted = Counter(task.reason() for task in tasks if task.is_stopped)
    for reason, count in counted.most_common():
        yield f"{count} task{'s' if count > 1 else ''}: {reason}"
