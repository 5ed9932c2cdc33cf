"""The service scheduler: starts, judges, replaces and stops the tasks of every service.

`beat` runs every fraction of a second and before every ECS call, so what a call reads is true for
its moment on the sandbox clock.
"""

import math
from pathlib import Path

from ministack.core.responses import request_scope

from sandbox.emulator import ecs_deployments, ecs_task_states, ecs_tasks
from sandbox.emulator.ecs_deployments import primary, wanted
from sandbox.emulator.ecs_health import count_failures, healthy, judge
from sandbox.emulator.ecs_local_processes import LocalProcesses
from sandbox.emulator.ecs_placement import place
from sandbox.emulator.ecs_protection import protected
from sandbox.emulator.ecs_records import event, scopes, services, tasks, tasks_of
from sandbox.emulator.images import Images
from sandbox.emulator.wire import Record


class Scheduler:
    """ECS's scheduler over every account and region."""

    def __init__(self, images: Images, state: Path, speed: float) -> None:
        self.processes = LocalProcesses(images, state, speed)

    def beat(self) -> set[str]:
        """Do what is due everywhere; the accounts in which something moved."""
        self.processes.sweep()
        moved = set()
        for account, region in scopes():
            with request_scope(account, region):
                if self.settle():
                    moved.add(account)
        return moved

    def settle(self) -> bool:
        """Do what is due in the caller's account and region; whether something moved."""
        moved = False
        for task in tasks.values():
            if task["lastStatus"] != "STOPPED":
                moved |= ecs_task_states.advance(task, self.processes, _started)
        for service in services.values():
            if service["status"] != "INACTIVE":
                moved |= self._attend(service)
        return ecs_tasks.forget_old() or moved

    def _attend(self, service: Record) -> bool:
        """One look at a service; whether it changed."""
        before = _outline(service)
        count_failures(service)
        judge(service)
        live = [t for t in tasks_of(service["serviceArn"]) if wanted(t)]
        self._start_missing(service, live)
        _stop_replaced(service, live)
        _stop_surplus(service, live)
        ecs_deployments.count(service)
        _finish(service)
        return before != _outline(service)

    def _start_missing(self, service: Record, live: list[Record]) -> None:
        """Start tasks of the PRIMARY deployment, within maximumPercent (rounded down)."""
        deployment = primary(service)
        if deployment["rolloutState"] == "FAILED" or service["status"] != "ACTIVE":
            return
        own = [t for t in live if t["startedBy"] == deployment["id"]]
        upper = (
            service["desiredCount"] * service["deploymentConfiguration"]["maximumPercent"] // 100
        )
        number = min(service["desiredCount"] - len(own), upper - len(live))
        started = [t for _ in range(number) if (t := place(service, deployment, self.processes))]
        live += started
        if started:
            names = " ".join(f"(task {t['taskArn'].rpartition('/')[2]})" for t in started)
            event(service, f"has started {len(started)} tasks: {names}.")


def _outline(service: Record) -> tuple[object, ...]:
    """What of a service changes when something happens to it."""
    deployments = [
        (d["id"], d["status"], d["rolloutState"], d["failedTasks"], d["updatedAt"])
        for d in service["deployments"]
    ]
    latest = service["events"][0]["id"] if service["events"] else None
    return service["status"], latest, deployments, service["runningCount"], service["pendingCount"]


def _started(task: Record) -> None:
    """A task is RUNNING: its address goes into the target groups of its deployment."""
    service = next((s for s in services.values() if s["serviceArn"] == task.get("_service")), None)
    if service is None:
        return
    balancers = task["_balancers"]
    ecs_tasks.register(task, [(b["targetGroupArn"], b["containerPort"]) for b in balancers])
    for group in {b["targetGroupArn"] for b in balancers}:
        event(service, f"registered 1 targets in (target-group {group})")


def _stop_replaced(service: Record, live: list[Record]) -> None:
    """Stop tasks of earlier deployments, keeping minimumHealthyPercent (rounded up) healthy."""
    new = primary(service)["id"]
    percent = service["deploymentConfiguration"]["minimumHealthyPercent"]
    lower = math.ceil(service["desiredCount"] * percent / 100)
    spare = sum(1 for t in live if wanted(t) and healthy(t)) - lower
    old = [t for t in live if t["startedBy"] != new and wanted(t) and not protected(t)]
    stopped = []
    for task in sorted(old, key=healthy):
        if healthy(task):
            if spare <= 0:
                break
            spare -= 1
        stopped.append(task)
    _stop(service, stopped)


def _stop_surplus(service: Record, live: list[Record]) -> None:
    """Scale in: stop what the PRIMARY deployment has too many of, protected tasks last never."""
    new = primary(service)["id"]
    own = [t for t in live if t["startedBy"] == new and wanted(t)]
    surplus = len(own) - service["desiredCount"]
    free = [t for t in own if not protected(t)]
    # Not yet running ones first, then the newest: AWS promises no order on Fargate.
    free.sort(key=lambda t: (t["lastStatus"] == "RUNNING", -t["createdAt"]))
    _stop(service, free[: max(0, surplus)])


def _stop(service: Record, stopped: list[Record]) -> None:
    for task in stopped:
        reason = f"Scaling activity initiated by (deployment {task['startedBy']})"
        ecs_tasks.stop(task, "ServiceSchedulerInitiated", reason, drain=True)
    if not stopped:
        return
    names = " ".join(f"(task {t['taskArn'].rpartition('/')[2]})" for t in stopped)
    if any(t["_targets"] for t in stopped):
        event(service, f"has begun draining connections on {len(stopped)} tasks.")
        for group in sorted({g for t in stopped for g, _ in t["_targets"]}):
            event(service, f"deregistered {len(stopped)} targets in (target-group {group})")
    event(service, f"has stopped {len(stopped)} running tasks: {names}.")


def _finish(service: Record) -> None:
    """Complete the deployment, or the service's deletion, when nothing is left to do."""
    found = tasks_of(service["serviceArn"])
    live = [t for t in found if wanted(t)]
    if service["status"] == "DRAINING":
        if all(t["lastStatus"] == "STOPPED" for t in found):
            service.update(status="INACTIVE", deployments=[])
        return
    new = primary(service)["id"]
    steady = len(live) == service["desiredCount"] and all(t["startedBy"] == new for t in live)
    if steady and all(healthy(t) for t in live):
        ecs_deployments.complete(service)
