"""EventBridge: rules."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.documents import json_object
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.schedules import schedule_fault
from sandbox.provider.tags import as_list, from_list, ours, retag
from sandbox.provider.values import Properties, document

MISSING = "ResourceNotFoundException"


@rule(
    "scheduleExpression",
    "eventPattern",
    what="a pattern or a schedule (rate or cron)",
    source="BC:events/PutRuleRequest",
)
def _trigger(inputs: Properties) -> str | None:
    schedule = inputs.get("scheduleExpression")
    if not schedule and not inputs.get("eventPattern"):
        return (
            "ValidationException: Parameter(s) EventPattern or ScheduleExpression must be "
            "specified."
        )
    if schedule and schedule.startswith("at("):
        return "ValidationException: Parameter ScheduleExpression is not valid."
    return schedule_fault(schedule) if schedule else None


@rule(
    "eventPattern",
    what="a pattern's leaves are lists of values or matchers",
    source="EventBridge user guide, event patterns",
)
def _pattern(inputs: Properties) -> str | None:
    pattern = document(inputs.get("eventPattern"))
    said = _pattern_fault(pattern, "") if pattern is not None else None
    return (
        f"InvalidEventPatternException: Event pattern is not valid. Reason: {said}"
        if said
        else None
    )


def _pattern_fault(value: Any, path: str) -> str | None:
    if not isinstance(value, dict) or not value:
        return f'"{path or "pattern"}" must be an object or an array'
    for name, item in value.items():
        here = f"{path}.{name}" if path else name
        if isinstance(item, list):
            if not item:
                return f"Empty arrays are not allowed at {here}"
            if name == "$or":
                said = next((s for part in item if (s := _pattern_fault(part, here))), None)
                if said:
                    return said
        else:
            said = _pattern_fault(item, here)
            if said:
                return said
    return None


def _rule_request(inputs: Properties) -> Iterator[Request]:
    yield request("events", "PutRule", inputs, Tags=as_list(inputs))


def bus_of(inputs: Properties) -> str:
    return str(inputs.get("eventBusName") or "default")


def _described(aws: Aws, rule_id: str) -> dict[str, Any] | None:
    bus, _, name = rule_id.rpartition("/")
    return aws.found("events", "DescribeRule", MISSING, Name=name, EventBusName=bus or "default")


def _rule_tags(aws: Aws, arn: str) -> dict[str, str]:
    return from_list(aws.call("events", "ListTagsForResource", ResourceARN=arn).get("Tags"))


def _create_rule(aws: Aws, inputs: Properties) -> str:
    name, bus = str(inputs["name"]), bus_of(inputs)
    rule_id = name if bus == "default" else f"{bus}/{name}"
    found = _described(aws, rule_id)
    # PutRule would silently take another stack's rule over.
    if found and not ours(_rule_tags(aws, found["Arn"]), inputs):
        raise AwsError(
            "ResourceAlreadyExistsException", f"rule {name} exists, without this stack's tags"
        )
    aws.send(next(_rule_request(inputs)))
    return rule_id


def _update_rule(aws: Aws, _rule_id: str, old: Properties, new: Properties) -> None:
    if any(old.get(key) != new.get(key) for key in _RULE):
        aws.carry("events", "PutRule", {"state": "ENABLED", **new})


def _read_rule(aws: Aws, rule_id: str, _inputs: Properties) -> Properties | None:
    found = _described(aws, rule_id)
    if found is None:
        return None
    return {
        "name": found["Name"],
        "description": found.get("Description"),
        "eventPattern": found.get("EventPattern"),
        "scheduleExpression": found.get("ScheduleExpression"),
        "eventBusName": found.get("EventBusName"),
        "roleArn": found.get("RoleArn"),
        "state": found.get("State"),
        "arn": found["Arn"],
        "tags": _rule_tags(aws, found["Arn"]),
    }


def _delete_rule(aws: Aws, rule_id: str, _outputs: Properties) -> None:
    bus, _, name = rule_id.rpartition("/")
    aws.found("events", "DeleteRule", MISSING, Name=name, EventBusName=bus or "default")


def _rule_arn(aws: Aws, rule_id: str) -> str:
    return aws.arn("events", f"rule/{rule_id}")


_RULE = frozenset(
    {
        "name",
        "description",
        "eventPattern",
        "scheduleExpression",
        "eventBusName",
        "roleArn",
        "state",
    }
)


EVENT_RULE = ResourceType(
    token="aws:cloudwatch/eventRule:EventRule",
    create=_create_rule,
    read=_read_rule,
    update=_update_rule,
    delete=_delete_rule,
    requests=_rule_request,
    properties=_RULE,
    replaces=frozenset({"name", "eventBusName"}),
    computed=frozenset({"arn", "state", "eventBusName"}),
    name=Name(64),
    unique=("name", "eventBusName"),
    defaults={"state": "ENABLED", "eventBusName": "default"},
    retag=retag("events", "TagResource", "UntagResource", "ResourceARN", of=_rule_arn),
    rules=(
        json_object("eventPattern", "InvalidEventPatternException", "BC:events/PutRuleRequest"),
        _trigger, _pattern,
    ),
    asks_aws=("the name is free, or bears this stack's tags", "no targets at deletion"),
    open=("the matchers inside a pattern (the emulator)",),
)  # fmt: skip
