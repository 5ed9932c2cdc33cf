"""Which tasks of a service are healthy, which have failed, and which must be replaced."""

import time

from sandbox.emulator import ecs_deployments, ecs_tasks, elbv2_targets
from sandbox.emulator.ecs_deployments import primary, wanted
from sandbox.emulator.ecs_records import event, tasks_of
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def healthy(task: Record) -> bool:
    """Whether a task counts as healthy: RUNNING, and healthy in every one of its groups."""
    if task["lastStatus"] != "RUNNING":
        return False
    return all(health["State"] == "healthy" for _, health in _health(task))


def _health(task: Record) -> list[tuple[str, Record]]:
    """Each of the task's groups with its TargetHealth there."""
    found = []
    for group, port in task["_targets"]:
        try:
            found.append((group, elbv2_targets.health(group, task["_address"], port)))
        except Refusal:  # the group is gone; AWS never counts such a task as healthy either
            found.append((group, {"State": "unused"}))
    return found


def count_failures(service: Record) -> None:
    """Count tasks that ended before they were healthy; note which have been."""
    for task in tasks_of(service["serviceArn"]):
        if task.get("_judged"):
            continue
        if healthy(task):
            task["_judged"] = True
            if task["startedBy"] == primary(service)["id"]:
                primary(service)["failedTasks"] = 0
        elif not wanted(task) and task["stopCode"] in (
            "TaskFailedToStart",
            "EssentialContainerExited",
        ):
            task["_judged"] = True
            ecs_deployments.fail_task(service, task)


def judge(service: Record) -> None:
    """Stop tasks whose targets are unhealthy once the grace period is over."""
    grace = service.get("healthCheckGracePeriodSeconds", 0)
    for task in [t for t in tasks_of(service["serviceArn"]) if wanted(t)]:
        if task["lastStatus"] != "RUNNING" or time.time() < task["startedAt"] + grace:
            continue
        failed = [found for found in _health(task) if found[1]["State"] == "unhealthy"]
        if not failed:
            continue
        bad, health = failed[0]
        name = task["taskArn"].rpartition("/")[2]
        event(
            service,
            f"(task {name}) (port {task['_targets'][0][1]}) is unhealthy in (target-group {bad})"
            f" due to (reason {health['Description']})",
        )
        reason = f"Task failed ELB health checks in (target-group {bad})"
        ecs_tasks.stop(task, "ServiceSchedulerInitiated", reason, drain=True)
        if not task.get("_judged"):
            task["_judged"] = True
            ecs_deployments.fail_task(service, task)
