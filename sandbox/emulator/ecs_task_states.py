"""A task's way from PROVISIONING to STOPPED on the sandbox clock."""

import time
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch_logs, secretsmanager

from sandbox.emulator import ecs_events, seed
from sandbox.emulator.ecs_processes import Processes
from sandbox.emulator.ecs_records import definition, now
from sandbox.emulator.ecs_task_logs import log_group
from sandbox.emulator.ecs_tasks import deregister, drained, enter
from sandbox.emulator.wire import Record

# Sandbox seconds a task spends in each state at the least. Fargate takes longer and varies; no
# setting of ours depends on it.
PROVISIONING, PULLING, ACTIVATING, DEPROVISIONING = 2.0, 3.0, 1.0, 1.0


def advance(task: Record, processes: Processes, started: Callable[[Record], None]) -> bool:
    """Move a task through every state that is due; whether it moved.

    `started` is called when the task becomes RUNNING.
    """
    moved = False
    while _step(task, processes, started):
        task["version"] += 1
        ecs_events.tell(task)
        moved = True
    return moved


def _step(task: Record, processes: Processes, started: Callable[[Record], None]) -> bool:
    status, age = task["lastStatus"], time.time() - task["_since"]
    if status == "PROVISIONING" and age >= PROVISIONING:
        task.update(connectivityAt=now(), pullStartedAt=now())
        return enter(task, "PENDING")
    if status == "PENDING" and age >= PULLING:
        return _pulled(task, processes)
    if status == "ACTIVATING" and age >= ACTIVATING:
        reason = processes.start(task, _definition(task))
        if reason is not None:
            return _failed(task, reason)
        task["startedAt"] = now()
        enter(task, "RUNNING")
        _containers(task, lastStatus="RUNNING")
        started(task)
        return True
    if status == "RUNNING" and (ended := processes.poll(task)):
        _ended(task, ended.code)
        task.update(desiredStatus="STOPPED", stopCode="EssentialContainerExited", stoppingAt=now())
        task["stoppedReason"] = "Essential container in task exited"
        deregister(task)
        return enter(task, "DEPROVISIONING")
    if status == "DEACTIVATING" and (not task["_drain"] or drained(task)):
        processes.stop(task)
        return enter(task, "STOPPING")
    if status == "STOPPING" and (ended := processes.poll(task)):
        _ended(task, ended.code)
        return enter(task, "DEPROVISIONING")
    if status == "DEPROVISIONING" and age >= DEPROVISIONING:
        task.update(stoppedAt=now())
        return enter(task, "STOPPED")
    return False


def _pulled(task: Record, processes: Processes) -> bool:
    """The end of PENDING: on to ACTIVATING, or to the reason why not."""
    if task["_process"]["behaviour"].get("neverStarts"):
        return False
    reason = _unready(_definition(task)) or processes.refusal(task)
    if reason is None:
        task["pullStoppedAt"] = now()
        return enter(task, "ACTIVATING")
    return _failed(task, reason)


def _failed(task: Record, reason: str) -> bool:
    """The task's end before it was RUNNING."""
    task.update(desiredStatus="STOPPED", stopCode="TaskFailedToStart", stoppedReason=reason)
    task.update(stoppingAt=now(), executionStoppedAt=now())
    _containers(task, lastStatus="STOPPED", reason=reason)
    return enter(task, "DEPROVISIONING")


def _unready(task_definition: Record) -> str | None:
    """Why a task's containers cannot be set up: a secret or a log group that is not there."""
    for container in task_definition["containerDefinitions"]:
        for secret in container.get("secrets", []):
            name = ":".join(secret["valueFrom"].split(":")[:7])
            if ":secretsmanager:" in name and not _secret_exists(name):
                return (
                    "ResourceInitializationError: unable to pull secrets or registry auth:"
                    " execution resource retrieval failed: unable to retrieve secret from asm:"
                    f" service call has been retried 1 time(s): ResourceNotFoundException: {name}"
                )
        target = log_group(container)
        if target and target[0] not in cloudwatch_logs._log_groups:
            return (
                "ResourceInitializationError: failed to validate logger args: create stream has"
                " been retried 1 times: failed to create Cloudwatch log stream:"
                f" ResourceNotFoundException: The specified log group does not exist: {target[0]}"
            )
    return None


def _secret_exists(name: str) -> bool:
    if seed.secret(name) is not None:
        return True
    return any(s["ARN"].startswith(name) for s in secretsmanager._secrets.all_values())


def _definition(task: Record) -> Record:
    found = definition(task["taskDefinitionArn"])
    return found or {
        "containerDefinitions": [{"name": c["name"], "image": ""} for c in task["containers"]]
    }


def _ended(task: Record, code: int | None) -> None:
    task["executionStoppedAt"] = now()
    members: dict[str, Any] = {"lastStatus": "STOPPED"}
    if code is not None:
        members["exitCode"] = code
    _containers(task, **members)


def _containers(task: Record, **members: object) -> None:
    for container in task["containers"]:
        container.update(members)
