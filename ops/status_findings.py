"""What is wrong with a stage, each as one line for the end of its status."""

from collections.abc import Iterator
from typing import Any

from ops.status_panic import Command, panic_findings
from ops.status_view import is_told
from ops.words import tasks

ILL = ("unhealthy", "unhealthy.draining")
# Targets that are on their way in or out: a scale-out and a scale-in explain them.
MOVING = ("initial", "draining")


def findings(found: dict[str, Any], command: Command) -> list[str]:
    """What somebody should know or mend; empty where all is as it should be."""
    return [
        *panic_findings(found, command),
        *_deployment(found),
        *_targets(found),
        *_count(found),
        *_bounds(found),
        *_policies(found),
        *(f"alarm {each['name']} is in ALARM" for each in found["alarms"] if _is_on(each)),
    ]


def _is_on(alarm: dict[str, Any]) -> bool:
    return bool(alarm["state"] == "ALARM")


def _deployment(found: dict[str, Any]) -> Iterator[str]:
    deployment, count = found["deployment"], found["tasks"]
    if deployment is None:
        return
    for failure in deployment["failures"]:
        yield f"a deployment has FAILED: {failure}"
    if deployment["state"] != "COMPLETED" and deployment["failed"]:
        yield f"{tasks(deployment['failed'])} of the deployment failed"
    if deployment["state"] == "COMPLETED" and count["running"] < count["desired"]:
        yield f"{count['running']} of {tasks(count['desired'])} run"


def _targets(found: dict[str, Any]) -> Iterator[str]:
    for each in found["targets"]:
        states, group = each["states"], each["group"]
        if count := sum(states.get(state, 0) for state in ILL):
            yield f"{count} unhealthy target{'s' if count > 1 else ''} in {group}"
        if is_told(f"the targets of {group}", found["cannotTell"]) and _is_steady(found):
            yield from _too_few_healthy(states, group, found["tasks"]["running"])


def _is_steady(found: dict[str, Any]) -> bool:
    return bool(found["deployment"] and found["deployment"]["state"] == "COMPLETED")


def _too_few_healthy(states: dict[str, int], group: str, running: int) -> Iterator[str]:
    healthy = states.get("healthy", 0)
    explained = sum(states.get(state, 0) for state in (*ILL, *MOVING))
    if running and not healthy:
        yield f"no healthy target in {group}, though {_run(running)}"
    elif healthy + explained < running:
        targets = f"target{'s' if healthy > 1 else ''}"
        yield f"{healthy} healthy {targets} in {group}, though {_run(running)}"


def _run(running: int) -> str:
    return f"{tasks(running)} run{'s' if running == 1 else ''}"


def _count(found: dict[str, Any]) -> Iterator[str]:
    """Scaling moves the count only once something asks it to, and so may leave it out of bounds."""
    count, bounds = found["tasks"], found["bounds"]
    if found["panic"] or not count or not bounds or count["desired"] >= bounds["min"]:
        return
    yield f"the desired count is {count['desired']}, below MinCapacity {bounds['min']}"


def _bounds(found: dict[str, Any]) -> Iterator[str]:
    bounds = found["bounds"]
    if bounds is None:
        if is_told("the bounds", found["cannotTell"]):
            yield "nothing scales the service: it has no scalable target"
    elif not bounds["isAsPlanned"]:
        yield f"the bounds {bounds['min']} to {bounds['max']} are {bounds['why']}"


def _policies(found: dict[str, Any]) -> Iterator[str]:
    """Only where there is a scalable target: without one, none can be there."""
    if found["bounds"] and is_told("the policies", found["cannotTell"]):
        yield from found["unlikeStageFile"]
