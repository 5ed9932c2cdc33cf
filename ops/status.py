"""The state of a stage: what runs, within which bounds and why, and what is wrong with it."""

from datetime import datetime
from typing import Any

from ops import panic
from ops import status_service as stated
from ops.errors import A_FINDING, CANNOT_TELL
from ops.panic_words import command, update
from ops.reach import Reached
from ops.status_bounds import bounds_of
from ops.status_findings import findings
from ops.status_panic import UNTOLD
from ops.status_plan import unlike_the_plan
from ops.status_scaling import Measured, waits_for
from ops.status_tables import render
from ops.status_view import View, is_told
from ops.words import instant

__all__ = ["exit_status", "render", "report"]

SHOWN_ACTIVITIES = 10
SWITCHES = {
    "out": "DynamicScalingOutSuspended",
    "in": "DynamicScalingInSuspended",
    "scheduled": "ScheduledScalingSuspended",
}


def report(reached: Reached) -> dict[str, Any]:
    """The stage as it is now on AWS's clock, as data that JSON has. Raises OpsError."""
    view = View(reached)
    service = view.service()
    now = reached.now
    in_force = view.ask("a panic", lambda: panic.in_force(reached), None)
    groups = [each["targetGroupArn"] for each in (service or {}).get("loadBalancers", [])]
    found = {
        "stage": reached.stage.stage,
        "where": reached.described,
        "at": instant(now),
        "tasks": stated.tasks(service) if service else None,
        "deployment": stated.deployment(service) if service else None,
        "targets": [stated.group(*each) for each in view.targets(groups).items()],
        "panic": in_force,
        **_scaling(view, service, now, in_force),
        "cannotTell": view.cannot_tell,
    }
    return {**found, "findings": findings(found, lambda verb: command(verb, reached))}


def exit_status(found: dict[str, Any]) -> int:
    """0 where all is well, 1 with a finding, 3 where something could not be told."""
    if found["cannotTell"]:
        return CANNOT_TELL
    return A_FINDING if found["findings"] else 0


def _scaling(
    view: View, service: dict[str, Any] | None, now: datetime, panicked: dict[str, Any] | None
) -> dict[str, Any]:
    target, policies, activities = view.scalable_target(), view.policies(), view.activities()
    alarms = view.alarms(policies)
    arns = {each["PolicyARN"] for each in policies}
    driving = [each for each in alarms if arns & set(each["AlarmActions"])]
    measured = Measured(driving, view.latest(driving, now))
    suspended, policies_stated = _suspended(target), [measured.of(each) for each in policies]
    waiting: list[str] = []
    if target and service and service["desiredCount"] > target["MinCapacity"]:
        deploying = stated.deployment(service)["state"] == "IN_PROGRESS"
        held = {"suspended": suspended["in"], "deploying": deploying}
        waiting = waits_for(policies_stated, activities, now, **held)
    return {
        "bounds": _bounds(view, target, now, panicked) if target else None,
        "suspended": suspended,
        "policies": policies_stated,
        "unlikeStageFile": unlike_the_plan(policies_stated, view.reached.stage.scaling),
        "scaleInWaitsFor": waiting,
        "alarms": stated.alarms([a for a in alarms if a not in driving], view.reached.name),
        "activities": [stated.activity(each) for each in activities[:SHOWN_ACTIVITIES]],
    }


def _bounds(
    view: View, target: dict[str, Any], now: datetime, panicked: dict[str, Any] | None
) -> dict[str, Any]:
    reached = view.reached
    step = f"run {update(reached)}"
    if panicked:  # the program leaves the bounds alone while it is recorded
        step = f"before an update brings them: {command('resume', reached)}"
    elif not is_told("a panic", view.cannot_tell):
        step = UNTOLD
    held = panicked is not None and all(_suspended(target).values())
    return bounds_of(reached.stage.capacity, target, now, held=held, step=step)


def _suspended(target: dict[str, Any] | None) -> dict[str, bool]:
    state = (target or {}).get("SuspendedState", {})
    return {name: bool(state.get(switch, False)) for name, switch in SWITCHES.items()}
