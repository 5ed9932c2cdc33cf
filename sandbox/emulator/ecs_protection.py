"""Scale-in protection of tasks: kept here, honoured by the scheduler."""

import time
from collections.abc import Callable

from sandbox.emulator.ecs_run import find, named
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_MINUTES = 120  # UpdateTaskProtection's default


def protect(request: Record) -> Record:
    """UpdateTaskProtection: of a service's tasks only; each call sets the expiry anew."""
    if len(request.get("tasks", [])) > 10:
        raise _invalid("At most 10 tasks can be given.")
    minutes = request.get("expiresInMinutes", _MINUTES)
    if not 1 <= minutes <= 2880:
        raise _invalid("expiresInMinutes must be from 1 to 2880.")
    until = time.time() + minutes * 60 if request["protectionEnabled"] else None
    return _protections(request, lambda task: task.update(_protected_until=until))


def protection(request: Record) -> Record:
    """GetTaskProtection."""
    return _protections(request, lambda _: None)


def _protections(request: Record, change: Callable[[Record], None]) -> Record:
    found, failures = [], []
    for name in request.get("tasks", []):
        task = find(request["cluster"], name)
        if task is None or task["desiredStatus"] == "STOPPED":
            arn = task["taskArn"] if task else named(request["cluster"], name)
            failures.append({"arn": arn, "reason": "MISSING" if task is None else "TASK_NOT_VALID"})
            continue
        if "_service" not in task:
            failures.append({"arn": task["taskArn"], "reason": "TASK_NOT_VALID"})
            continue
        change(task)
        on = protected(task)
        until = {"expirationDate": task["_protected_until"]} if on else {}
        found.append({"taskArn": task["taskArn"], "protectionEnabled": on, **until})
    return {"protectedTasks": found, "failures": failures}


def protected(task: Record) -> bool:
    """Whether scale-in protection holds the task now."""
    until = task.get("_protected_until")
    return until is not None and time.time() < until


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)
