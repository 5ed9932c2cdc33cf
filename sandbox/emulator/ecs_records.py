"""What ECS keeps, and how its records are found.

ministack's ECS starts containers through docker and knows neither deployments over time nor
target health, so this one stands in for it. Records hold AWS's own members; a leading underscore
marks what is ours and never goes out.
"""

import secrets
import time
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

clusters = AccountRegionScopedDict()  # name -> cluster
definitions = AccountRegionScopedDict()  # (family, revision) -> task definition
services = AccountRegionScopedDict()  # (cluster, name) -> service
tasks = AccountRegionScopedDict()  # ARN -> task
tags = AccountRegionScopedDict()  # ARN -> list of tags
tokens = AccountRegionScopedDict()  # RunTask's client token -> what it was used for
settings = AccountRegionScopedDict()  # account setting -> value
STORES = {
    "clusters": clusters,
    "definitions": definitions,
    "services": services,
    "tasks": tasks,
    "tags": tags,
    "tokens": tokens,
    "settings": settings,
}


def arn(path: str) -> str:
    """An ARN of the service in the caller's account and region."""
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:{path}"


def unique() -> str:
    """The 32 hexadecimal digits that name a task."""
    return secrets.token_hex(16)


def short(name: str) -> str:
    """The last part of an ARN or path, or the name itself."""
    return name.rpartition("/")[2]


def cluster(name: str | None) -> Record:
    """The active cluster of a name or ARN (`default` when left out)."""
    record: Record | None = clusters.get(short(name or "default"))
    if record is None or record["status"] != "ACTIVE":
        raise Refusal("ClusterNotFoundException", "Cluster not found.")
    return record


def service(cluster_name: str, name: str) -> Record | None:
    """The service of a name or ARN in a cluster, or None."""
    found: Record | None = services.get((cluster_name, short(name)))
    return found


def definition(name: str) -> Record | None:
    """The task definition of `family:revision`, an ARN, or a family's latest active one."""
    family, _, revision = name.rpartition("task-definition/")[2].partition(":")
    if revision:
        found: Record | None = (
            definitions.get((family, int(revision))) if revision.isdigit() else None
        )
        return found
    active = [d for (f, _), d in definitions.items() if f == family and d["status"] == "ACTIVE"]
    return max(active, key=lambda d: int(d["revision"]), default=None)


def usable_definition(name: str) -> Record:
    """The active task definition of a name; refused when there is none."""
    record = definition(name)
    if record is None:
        raise Refusal("ClientException", "Unable to describe task definition.")
    if record["status"] != "ACTIVE":
        raise Refusal("ClientException", "TaskDefinition is inactive")
    return record


def tasks_of(service_arn: str) -> list[Record]:
    """Every kept task of a service, stopped ones too, oldest first."""
    found = [task for task in tasks.values() if task.get("_service") == service_arn]
    return sorted(found, key=lambda task: task["createdAt"])


def tag_list(name: str) -> list[Record]:
    """The tags of an ARN."""
    return list(tags.get(name, []))


def scopes() -> Iterator[tuple[str, str]]:
    """Every (account, region) that has a task or a service."""
    found = {(a, r) for store in (tasks, services) for (a, r, _), _ in store.all_items()}
    yield from sorted(found)


def now() -> float:
    """The sandbox time, in the milliseconds that AWS gives."""
    return round(time.time(), 3)


def event(record: Record, message: str) -> None:
    """Add a service event; AWS keeps the latest hundred, newest first."""
    entry: dict[str, Any] = {
        "id": f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}",
        "createdAt": now(),
        "message": f"(service {record['serviceName']}) {message}",
    }
    record["events"] = [entry, *record["events"]][:100]


class Scaled:
    """ECS's services as Application Auto Scaling sees them."""

    def desired(self, resource: str) -> int | None:
        """The desired count of `service/<cluster>/<service>`, or None when it is not active."""
        record = self._record(resource)
        return record["desiredCount"] if record else None

    def running(self, resource: str) -> int:
        """The running count of the service; 0 when it is not active."""
        record = self._record(resource)
        return record["runningCount"] if record else 0

    def deploying(self, resource: str) -> bool:
        """Whether one of the service's deployments is IN_PROGRESS."""
        record = self._record(resource) or {"deployments": []}
        return any(d["rolloutState"] == "IN_PROGRESS" for d in record["deployments"])

    def scale(self, resource: str, count: int) -> None:
        """Set the desired count; starts no deployment."""
        record = self._record(resource)
        if record is not None:
            record["desiredCount"] = count

    def serves(self, resource: str, target_group: str) -> bool:
        """Whether the service registers its tasks in `targetgroup/<name>/<id>`."""
        record = self._record(resource) or {"loadBalancers": []}
        groups = [b.get("targetGroupArn", "") for b in record["loadBalancers"]]
        return any(group.endswith(f":{target_group}") for group in groups)

    def _record(self, resource: str) -> Record | None:
        _, cluster_name, name = [*resource.split("/"), "", ""][:3]
        record = service(cluster_name, name)
        return record if record and record["status"] == "ACTIVE" else None
