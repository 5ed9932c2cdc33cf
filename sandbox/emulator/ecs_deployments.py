"""Service deployments: their records, their counts, and the circuit breaker.

Texts of states, reasons and events are AWS's own, as quoted in public reports; see docs.
"""

import math
import secrets

from sandbox.emulator.ecs_records import event, now, tasks_of
from sandbox.emulator.wire import Record

_PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")
# What a rollback has to bring back.
_RESTORED = ("taskDefinition", "networkConfiguration", "loadBalancers", "platformVersion")


def begin(service: Record, *, reason: str | None = None) -> Record:
    """Make a new PRIMARY deployment of the service as it is now."""
    moment = now()
    for other in service["deployments"]:
        if other["status"] == "PRIMARY":
            other.update(status="ACTIVE", updatedAt=moment)
    name = f"ecs-svc/{secrets.randbelow(9 * 10**18) + 10**18}"
    record = {
        "id": name,
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": service["desiredCount"],
        "pendingCount": 0,
        "runningCount": 0,
        "failedTasks": 0,
        "createdAt": moment,
        "updatedAt": moment,
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": service.get("networkConfiguration"),
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": reason or f"ECS deployment {name} in progress.",
        "_loadBalancers": service["loadBalancers"],
    }
    for member in ("launchType", "capacityProviderStrategy"):
        if service.get(member):
            record[member] = service[member]
    service["deployments"].insert(0, record)
    return record


def primary(service: Record) -> Record:
    """The deployment that the service wants."""
    found: Record = service["deployments"][0]
    return found


def wanted(task: Record) -> bool:
    """Whether ECS counts the task as running or pending: nobody has asked for its end."""
    return bool(task["desiredStatus"] == "RUNNING")


def threshold(service: Record) -> int:
    """Failed tasks that trip the circuit breaker: half the desired count, 3 to 200."""
    return int(min(200, max(3, math.ceil(0.5 * service["desiredCount"]))))


def count(service: Record) -> None:
    """Bring the counts of the service and of its deployments up to date; drop replaced ones."""
    found = tasks_of(service["serviceArn"])
    for deployment in service["deployments"]:
        own = [t for t in found if t["startedBy"] == deployment["id"]]
        running = sum(1 for t in own if t["lastStatus"] == "RUNNING")
        pending = sum(1 for t in own if t["lastStatus"] in _PENDING)
        if (running, pending) != (deployment["runningCount"], deployment["pendingCount"]):
            deployment.update(runningCount=running, pendingCount=pending, updatedAt=now())
        deployment["desiredCount"] = (
            service["desiredCount"] if deployment["status"] == "PRIMARY" else 0
        )
    service["deployments"] = [
        d
        for d in service["deployments"]
        if d["status"] == "PRIMARY" or d["runningCount"] or d["pendingCount"]
    ]
    service["runningCount"] = sum(d["runningCount"] for d in service["deployments"])
    service["pendingCount"] = sum(d["pendingCount"] for d in service["deployments"])


def complete(service: Record) -> None:
    """The PRIMARY deployment has reached its steady state."""
    deployment = primary(service)
    if deployment["rolloutState"] != "IN_PROGRESS":
        return
    name = deployment["id"]
    deployment.update(
        rolloutState="COMPLETED",
        rolloutStateReason=f"ECS deployment {name} completed.",
        updatedAt=now(),
    )
    service["_completed"] = {"id": name, **{m: service.get(m) for m in _RESTORED}}
    event(service, f"(deployment {name}) deployment completed.")
    event(service, "has reached a steady state.")


def fail_task(service: Record, task: Record) -> None:
    """Count a task that its PRIMARY deployment has lost before it was healthy."""
    deployment = primary(service)
    if task["startedBy"] != deployment["id"] or deployment["rolloutState"] != "IN_PROGRESS":
        return
    deployment["failedTasks"] += 1
    deployment["updatedAt"] = now()
    breaker = service["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
    if breaker.get("enable") and deployment["failedTasks"] >= threshold(service):
        _trip(service, rollback=bool(breaker.get("rollback")))


def _trip(service: Record, *, rollback: bool) -> None:
    """Fail the PRIMARY deployment, and go back to the last completed one if asked."""
    failed = primary(service)
    failed.update(
        rolloutState="FAILED",
        rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.",
        updatedAt=now(),
    )
    event(service, f"(deployment {failed['id']}) deployment failed: tasks failed to start.")
    completed = service.get("_completed")
    if not rollback or completed is None or completed["id"] == failed["id"]:
        return
    name = completed["id"]
    event(service, f"rolling back to deployment {name}.")
    reason = f"ECS deployment circuit breaker: rolling back to deploymentId {name}."
    service.update({member: completed[member] for member in _RESTORED})
    kept = next((d for d in service["deployments"] if d["id"] == name), None)
    if kept is None:
        begin(service, reason=reason)
        return
    # Its tasks are still there, and the rollback keeps them.
    failed["status"] = "ACTIVE"
    kept.update(status="PRIMARY", rolloutState="IN_PROGRESS", rolloutStateReason=reason)
    kept.update(updatedAt=now(), failedTasks=0)
    service["deployments"].remove(kept)
    service["deployments"].insert(0, kept)
