"""Scheduled actions: kept and validated here; `autoscaling_firing` does what is due."""

import uuid
import zoneinfo
from datetime import datetime

from ministack.core.responses import get_account_id, get_region

from infra.cron import Cron
from sandbox.emulator.autoscaling_due import AT, CRON, RATE
from sandbox.emulator.autoscaling_firing import expect
from sandbox.emulator.autoscaling_records import (
    about,
    actions,
    key,
    named,
    now,
    page,
    registered,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_ACTIONS_PER_TARGET = 200  # quota, not adjustable
_WINDOW = ("StartTime", "EndTime")


def put(request: Record) -> None:
    """PutScheduledAction: create an action, or change the given fields of one.

    "If you don't specify start and end times, the old values are deleted" (API reference).
    """
    registered(request)
    name = (*key(request), request["ScheduledActionName"])
    old = actions.get(name)
    kept = {n: v for n, v in (old or _new(request)).items() if n not in _WINDOW}
    action = {**kept, **request}
    _check(action)
    siblings = [a for a in actions.values() if key(a) == key(request)]
    if old is None and len(siblings) >= _ACTIONS_PER_TARGET:
        message = f"At most {_ACTIONS_PER_TARGET} scheduled actions are allowed per scalable target"
        raise Refusal("LimitExceededException", message)
    actions[name] = expect(action)


def delete(request: Record) -> None:
    """DeleteScheduledAction."""
    name = (*key(request), request["ScheduledActionName"])
    if actions.pop(name, None) is None:
        raise Refusal(
            "ObjectNotFoundException",
            f"No scheduled action found for {named(request)},"
            f" scheduled action name: {request['ScheduledActionName']}",
        )


def describe(request: Record) -> Record:
    """DescribeScheduledActions, with its filters and pages."""
    wanted = request.get("ScheduledActionNames")
    found = [
        action
        for action in actions.values()
        if about(action, request) and (not wanted or action["ScheduledActionName"] in wanted)
    ]
    return page(found, request, "ScheduledActions")


def _new(request: Record) -> Record:
    namespace, resource, _ = key(request)
    scope = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scheduledAction:{uuid.uuid4()}"
    name = request["ScheduledActionName"]
    return {
        "ScheduledActionARN": f"{scope}:resource/{namespace}/{resource}:scheduledActionName/{name}",
        "CreationTime": now(),
    }


def _check(action: Record) -> None:
    if not action.get("Schedule"):
        raise _invalid("Schedule is required for a new scheduled action")
    _check_schedule(action["Schedule"])
    zone = action.get("Timezone")
    if zone and zone not in zoneinfo.available_timezones():
        raise _invalid(f"Invalid timezone: {zone}")
    bounds = action.get("ScalableTargetAction") or {}
    low, high = bounds.get("MinCapacity"), bounds.get("MaxCapacity")
    if low is None and high is None:
        raise _invalid("ScalableTargetAction needs a MinCapacity, a MaxCapacity or both")
    if low is not None and high is not None and low > high:
        raise _invalid("Maximum capacity cannot be less than minimum capacity")
    start, end = action.get("StartTime"), action.get("EndTime")
    if start is not None and end is not None and start >= end:
        raise _invalid("The end time must be later than the start time")


def _check_schedule(schedule: str) -> None:
    """The three forms of AWS: at, rate and a cron of six fields."""
    if RATE.fullmatch(schedule):
        return
    at, cron = AT.fullmatch(schedule), CRON.fullmatch(schedule)
    try:
        if at:
            datetime.fromisoformat(at[1])
        elif cron:
            Cron(cron[1])
        else:
            raise ValueError("give at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields)")
    except ValueError as error:
        raise _invalid(f"Invalid schedule expression {schedule}: {error}") from error


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)
