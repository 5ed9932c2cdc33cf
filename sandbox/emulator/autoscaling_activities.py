"""Scaling activities: what was done or not done to a scalable target, and why, in AWS's words.

The words are those of the Application Auto Scaling user guide, "Scaling activities for
Application Auto Scaling" and "Schedule scaling actions".
"""

import uuid

from ministack.core.responses import request_scope

from sandbox.emulator.autoscaling_records import about, activities, key, now, page
from sandbox.emulator.scalable import ScalableService
from sandbox.emulator.wire import Record

_KEPT = 42 * 86_400.0  # seconds; "You can look up scaling activities from the last six weeks"
_REPEAT = 90.0  # seconds; a call is repeated each minute, so a longer silence ends a run of them


def describe(request: Record) -> Record:
    """DescribeScalingActivities: newest first; those not scaled only where they are asked for."""
    wanted = request.get("IncludeNotScaledActivities", False)
    found = [
        activity
        for activity in activities.values()
        if about(activity, request) and (wanted or not activity.get("_idle"))
    ]
    found.sort(key=lambda activity: activity["StartTime"])
    return page(reversed(found), request, "ScalingActivities")


def set_count(target: Record, scalable: ScalableService, count: int, cause: str) -> None:
    """Set the desired count, and record the activity."""
    scalable.scale(target["ResourceId"], count)
    message = f"Successfully set desired count to {count}. Waiting for change to be fulfilled"
    _add(
        target,
        Description=f"Setting desired count to {count}.",
        Cause=cause,
        StatusCode="InProgress",
        StatusMessage=f"{message} by {target['ServiceNamespace']}.",
        _count=count,
    )


def set_bounds(target: Record, low: int, high: int, cause: str) -> bool:
    """Record that a scheduled action sets the bounds; False where they cannot be."""
    bounds = f"min capacity to {low} and max capacity to {high}"
    code, message = "Successful", f"Successfully set {bounds}"
    if low > high:
        reason = "Maximum capacity cannot be less than minimum capacity"
        code, message = "Failed", f"Failed to set {bounds}. Reason: {reason}"
    _add(
        target,
        Description=f"Setting {bounds}",
        Cause=cause,
        StatusCode=code,
        StatusMessage=message,
    )
    return code == "Successful"


def not_scaled(target: Record, cause: str, code: str | None, reason: str) -> None:
    """Record that a call changed nothing; repeats in a row are one activity with a later end.

    `code` is AWS's reason code, if it has one for this; `reason` says it in words.
    """
    members: Record = {"Cause": cause, "Details": reason}
    if code is not None:
        members["NotScaledReasons"] = [{"Code": code, **_numbers(code, target)}]
    own = [a for a in activities.values() if key(a) == key(target)]
    last: Record = own[-1] if own else {}
    recent = last.get("_idle") and last["EndTime"] > now() - _REPEAT
    if recent and all(last.get(member) == value for member, value in members.items()):
        activities[last["ActivityId"]] = {**last, "EndTime": now()}
        return
    _add(
        target,
        Description="Attempting to scale due to alarm triggered",
        StatusCode="Failed",
        EndTime=now(),
        _idle=True,
        **members,
    )


def _numbers(code: str, target: Record) -> Record:
    """The capacity that a reason code is about."""
    member = {"AlreadyAtMaxCapacity": "MaxCapacity", "AlreadyAtMinCapacity": "MinCapacity"}
    return {member[code]: target[member[code]]} if code in member else {}


def settle(scalable: ScalableService) -> set[str]:
    """End what is fulfilled or overtaken, everywhere; the accounts in which something ended."""
    waiting = [
        (account, region, activity)
        for (account, region, _), activity in activities.all_items()
        if activity["StatusCode"] == "InProgress"
    ]
    ended = set()
    for account, region, activity in waiting:
        with request_scope(account, region):
            if end := _end(activity, scalable):
                activities[activity["ActivityId"]] = {**activity, **end}
                ended.add(account)
    return ended


def _end(activity: Record, scalable: ScalableService) -> Record:
    """The members with which an activity under way ends; none while it goes on."""
    resource, count = activity["ResourceId"], activity["_count"]
    desired = scalable.desired(resource)
    if desired is None:
        code, more = "Unfulfilled", "The service is no longer there."
    elif desired != count:
        code, more = "Overridden", f"Found it was later changed to {desired}."
    elif scalable.running(resource) == count:
        namespace = activity["ServiceNamespace"]
        code, more = "Successful", f"Change successfully fulfilled by {namespace}."
    else:
        return {}
    message = f"Successfully set desired count to {count}. {more}"
    return {"StatusCode": code, "StatusMessage": message, "EndTime": now()}


def _add(target: Record, **members: object) -> None:
    """Keep an activity that begins now, and forget those that AWS would no longer show."""
    for activity in activities.values():
        if activity["StartTime"] < now() - _KEPT:
            activities.pop(activity["ActivityId"])
    ident = str(uuid.uuid4())
    activities[ident] = {
        "ActivityId": ident,
        **{n: target[n] for n in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
        "StartTime": now(),
        **members,
    }
