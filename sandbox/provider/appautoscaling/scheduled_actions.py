"""Application Auto Scaling: scheduled actions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.provider.appautoscaling.targets import MISSING, OF, SERVICE, of_target
from sandbox.provider.aws import Aws
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.schedules import schedule_fault, timezone_fault
from sandbox.provider.values import Properties


@rule(
    "schedule",
    what="at(…), rate(…) or cron(…) with AWS's six fields",
    source="BC:application-autoscaling/PutScheduledActionRequest; AAS23 cron page",
)
def _schedule(inputs: Properties) -> str | None:
    return schedule_fault(str(inputs["schedule"]))


@rule(
    "timezone",
    what="an IANA time zone",
    source="BC:application-autoscaling/PutScheduledActionRequest.Timezone",
)
def _timezone(inputs: Properties) -> str | None:
    return timezone_fault(inputs.get("timezone"))


@rule(
    "scalableTargetAction",
    what="a bound at least, minimum ≤ maximum",
    source="BC:application-autoscaling/ScalableTargetAction",
)
def _action(inputs: Properties) -> str | None:
    action = inputs["scalableTargetAction"]
    low, high = action.get("minCapacity"), action.get("maxCapacity")
    if low is None and high is None:
        return "ValidationException: MinCapacity or MaxCapacity must be specified"
    if low is not None and high is not None and int(low) > int(high):
        return (
            f"ValidationException: Maximum capacity cannot be less than minimum capacity: {high} "
            f"< {low}"
        )
    return None


@rule(
    "startTime",
    "endTime",
    what="start before end",
    source="BC:application-autoscaling/PutScheduledActionRequest",
)
def _times(inputs: Properties) -> str | None:
    try:
        times = [
            datetime.fromisoformat(inputs[name])
            for name in ("startTime", "endTime")
            if inputs.get(name)
        ]
    except ValueError as error:
        return f"ValidationException: {error}"
    if len(times) == 2 and times[0] >= times[1]:
        return "ValidationException: Start time must be before end time"
    return None


def _action_request(inputs: Properties) -> Iterator[Request]:
    yield request(SERVICE, "PutScheduledAction", inputs, ScheduledActionName=inputs.get("name"))


def _put_action(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_action_request(inputs)))
    return f"{inputs['name']}-{inputs['serviceNamespace']}-{inputs['resourceId']}"


def _update_action(aws: Aws, _action_id: str, _old: Properties, new: Properties) -> None:
    _put_action(aws, new)


def _read_action(aws: Aws, _action_id: str, inputs: Properties) -> Properties | None:
    name = inputs["name"]
    answer = aws.call(
        SERVICE, "DescribeScheduledActions", ScheduledActionNames=[name], **of_target(inputs)
    )
    if not answer["ScheduledActions"]:
        return None
    found = answer["ScheduledActions"][0]
    return {
        **{member: inputs[member] for member in OF},
        "name": found["ScheduledActionName"],
        "schedule": found["Schedule"],
        "timezone": found.get("Timezone"),
        "startTime": _moment(found.get("StartTime"), inputs.get("startTime")),
        "endTime": _moment(found.get("EndTime"), inputs.get("endTime")),
        "scalableTargetAction": found.get("ScalableTargetAction"),
        "arn": found["ScheduledActionARN"],
    }


def _moment(found: datetime | None, declared: Any) -> str | None:
    """The moment in the declared form where it is the same, else in UTC."""
    if found is None:
        return None
    if isinstance(declared, str) and datetime.fromisoformat(declared) == found:
        return declared
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")


def _delete_action(aws: Aws, _action_id: str, outputs: Properties) -> None:
    named = of_target(outputs, ScheduledActionName=outputs["name"])
    aws.found(SERVICE, "DeleteScheduledAction", MISSING, **named)


SCHEDULED_ACTION = ResourceType(
    token="aws:appautoscaling/scheduledAction:ScheduledAction",
    create=_put_action,
    read=_read_action,
    update=_update_action,
    delete=_delete_action,
    requests=_action_request,
    properties=frozenset(
        {*OF, "name", "schedule", "timezone", "startTime", "endTime", "scalableTargetAction"}
    ),
    required=frozenset({*OF, "name", "schedule", "scalableTargetAction"}),
    replaces=frozenset({*OF, "name"}),
    computed=frozenset({"arn"}),
    unique=("name", *OF),
    defaults={"timezone": "UTC"},
    rules=(_schedule, _timezone, _action, _times),
    asks_aws=("the scalable target is registered (the emulator)",),
    open=("quota (200 scheduled actions a target)",),
)
