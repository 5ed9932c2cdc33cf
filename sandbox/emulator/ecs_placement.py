"""Where a service's next task goes: launch type, capacity provider, subnet."""

from sandbox.emulator import ecs_events, ecs_tasks
from sandbox.emulator.ecs_processes import Processes
from sandbox.emulator.ecs_records import (
    cluster,
    definition,
    event,
    now,
    tag_list,
    tags,
    tasks,
    tasks_of,
)
from sandbox.emulator.wire import Record

NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different"
    " availability zone"
)
_UNPLACED_PAUSE = 60.0  # sandbox seconds until ECS tries again after it could not place a task


def place(service: Record, deployment: Record, processes: Processes) -> Record | None:
    """Start one task of a deployment; None, with a service event, when there is no capacity."""
    if now() < service.get("_unplaced", 0.0) + _UNPLACED_PAUSE:
        return None
    task_definition = definition(deployment["taskDefinition"])
    if task_definition is None:
        return None
    given = {
        "group": f"service:{service['serviceName']}",
        "startedBy": deployment["id"],
        "enableExecuteCommand": service["enableExecuteCommand"],
        "networkConfiguration": deployment.get("networkConfiguration") or {},
        "_service": service["serviceArn"],
        "_balancers": deployment["_loadBalancers"],
        **launch(service, tasks_of(service["serviceArn"])),
    }
    task = ecs_tasks.create(cluster(service["clusterArn"]), task_definition, given, processes)
    if task["_process"]["behaviour"].get("noCapacity"):
        tasks.pop(task["taskArn"])
        service["_unplaced"] = now()
        event(service, f"was unable to place a task. Reason: {NO_CAPACITY}.")
        return None
    tags[task["taskArn"]] = _tags(service, task_definition)
    ecs_events.tell(task)
    return task


def _tags(service: Record, task_definition: Record) -> list[Record]:
    """What a service's task inherits and what ECS adds of its own."""
    source: dict[str, str] = {
        "SERVICE": service["serviceArn"],
        "TASK_DEFINITION": task_definition["taskDefinitionArn"],
    }
    managed = [
        {"key": "aws:ecs:serviceName", "value": service["serviceName"]},
        {"key": "aws:ecs:clusterName", "value": service["clusterArn"].rpartition("/")[2]},
    ]
    propagated = tag_list(source.get(service["propagateTags"], ""))
    return propagated + (managed if service["enableECSManagedTags"] else [])


def launch(request: Record, others: list[Record]) -> Record:
    """A task's launch type and capacity provider, by base first and then by weight."""
    strategy = request.get("capacityProviderStrategy") or []
    if not strategy:
        return {"launchType": request.get("launchType", "FARGATE")}
    live = [t.get("capacityProviderName") for t in others if t["desiredStatus"] == "RUNNING"]

    def lack(item: Record) -> tuple[bool, float]:
        have, base, weight = (
            live.count(item["capacityProvider"]),
            item.get("base", 0),
            item.get("weight", 0),
        )
        beyond = max(0, have - base)
        return have >= base, (beyond / weight if weight else float("inf"))

    chosen = min(strategy, key=lack)["capacityProvider"]
    return {"launchType": "FARGATE", "capacityProviderName": chosen}
