"""Tasks, deployment, targets, alarms and activities of a stage as data that JSON has."""

from collections.abc import Iterable, Sequence
from typing import Any

from ops.words import instant

SHOWN_EVENTS = 5


def tasks(service: dict[str, Any]) -> dict[str, int]:
    """How many there should be and how many there are."""
    return {each: service[f"{each}Count"] for each in ("desired", "running", "pending")}


def deployment(service: dict[str, Any]) -> dict[str, Any]:
    """PRIMARY, and any that failed; with the service's latest events until it is COMPLETED."""
    primary = next(each for each in service["deployments"] if each["status"] == "PRIMARY")
    done = primary.get("rolloutState") == "COMPLETED"
    return {
        "state": primary.get("rolloutState"),
        "reason": primary.get("rolloutStateReason"),
        "revision": _revision(primary),
        "since": instant(primary["createdAt"]),
        **{each: primary.get(f"{each}Count", 0) for each in ("desired", "running", "pending")},
        "failed": primary.get("failedTasks", 0),
        "failures": [
            f"{_revision(each)}: {each.get('rolloutStateReason', 'ECS gives no reason')}"
            for each in service["deployments"]
            if each.get("rolloutState") == "FAILED"
        ],
        "events": [] if done else _events(service),
    }


def _revision(deployed: dict[str, Any]) -> str:
    return str(deployed["taskDefinition"].rsplit("/", 1)[-1])


def _events(service: dict[str, Any]) -> list[str]:
    latest = sorted(service.get("events", []), key=lambda each: each["createdAt"], reverse=True)
    return [f"{instant(each['createdAt'])} {each['message']}" for each in latest[:SHOWN_EVENTS]]


def group(arn: str, targets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A target group: its targets by state, and why the unhealthy ones are."""
    states = [each["TargetHealth"]["State"] for each in targets]
    return {
        "group": arn.split("/")[-2],
        "states": {state: states.count(state) for state in sorted(set(states))},
        "unhealthy": [
            _ill(each) for each in targets if each["TargetHealth"]["State"] == "unhealthy"
        ],
    }


def _ill(target: dict[str, Any]) -> str:
    health = target["TargetHealth"]
    said = (target["Target"]["Id"], health.get("Reason"), health.get("Description"))
    return ": ".join(each for each in said if each)


def alarms(found: Iterable[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The alarms of the stage that is called *name*, those in ALARM first.

    *name* is that of cluster and service, with which each alarm's begins.
    """
    ordered = sorted(found, key=lambda each: (each["StateValue"] != "ALARM", each["AlarmName"]))
    return [_alarm(each, name) for each in ordered]


def _alarm(found: dict[str, Any], name: str) -> dict[str, Any]:
    since = found.get("StateTransitionedTimestamp") or found["StateUpdatedTimestamp"]
    return {
        "name": found["AlarmName"].removeprefix(f"{name}-"),
        "state": found["StateValue"],
        "since": instant(since),
        "reason": found.get("StateReason", ""),
        "description": found.get("AlarmDescription", ""),
    }


def activity(found: dict[str, Any]) -> dict[str, Any]:
    """A scaling activity, or a decision not to scale with its reasons."""
    return {
        "at": instant(found["StartTime"]),
        "status": found["StatusCode"],
        "description": found["Description"],
        "cause": found["Cause"],
        "message": found.get("StatusMessage", ""),
        "details": found.get("Details", ""),
        "notScaled": [_reason(each) for each in found.get("NotScaledReasons", [])],
    }


def _reason(found: dict[str, Any]) -> str:
    """Such as `AlreadyAtMaxCapacity (8)`."""
    numbers = [str(found[each]) for each in ("MaxCapacity", "MinCapacity") if each in found]
    return f"{found['Code']} ({', '.join(numbers)})" if numbers else str(found["Code"])
