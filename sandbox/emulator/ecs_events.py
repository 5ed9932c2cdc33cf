"""Task state changes, as ECS tells EventBridge (ECS developer guide, task state change events)."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge

from sandbox.emulator.wire import Record

_UNTOLD = ("healthStatus",)  # not in these events, says the guide
_TIMES = (
    "connectivityAt",
    "createdAt",
    "executionStoppedAt",
    "pullStartedAt",
    "pullStoppedAt",
    "startedAt",
    "stoppedAt",
    "stoppingAt",
)


def tell(task: Record) -> None:
    """Send *task*, whose state has just changed, to the rules of its account and region."""
    if not any(map(_listens, eventbridge._rules.values())):
        return
    moment = int(datetime.now(UTC).timestamp())
    event = {
        "EventId": str(uuid.uuid4()),
        "Source": "aws.ecs",
        "DetailType": "ECS Task State Change",
        "Detail": json.dumps(detail(task)),
        "EventBusName": "default",
        "Time": moment,
        "Resources": [task["taskArn"]],
        "Account": get_account_id(),
        "Region": get_region(),
    }
    # Not through PutEvents, which would keep every event for ever.
    eventbridge._dispatch_event(event)


def _listens(rule: Record) -> bool:
    bus = rule.get("EventBusName", "default")
    return rule.get("State") == "ENABLED" and bool(rule.get("EventPattern")) and bus == "default"


def detail(task: Record) -> Record:
    """A task's record as the event's detail has it."""
    found: Record = {
        name: value
        for name, value in task.items()
        if name[0] != "_" and name not in _UNTOLD and value is not None
    }
    found |= {name: _iso(task[name]) for name in _TIMES if name in task}
    found["updatedAt"] = _iso(task["_since"])
    found["attachments"] = [{**each, "type": "eni"} for each in task["attachments"]]
    found["containers"] = [
        {name: each[name] for name in each if name not in _UNTOLD} for each in task["containers"]
    ]
    return found


def _iso(moment: Any) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
