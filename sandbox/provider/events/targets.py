"""EventBridge: the targets of rules."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.events.rules import MISSING, bus_of
from sandbox.provider.requests import Request, translated
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.values import UNKNOWN, Properties

_TARGET_STRUCTURES = ("roleArn", "input", "inputPath", "deadLetterConfig", "retryPolicy")


@rule(
    "input",
    "inputPath",
    "inputTransformer",
    what="at most one of input, input path and input transformer",
    source="BC:events/Target",
)
def _one_input(inputs: Properties) -> str | None:
    given = [name for name in ("input", "inputPath", "inputTransformer") if inputs.get(name)]
    if len(given) > 1:
        return (
            "ValidationException: Only one of Input, InputPath, or InputTransformer must be "
            f"provided for target; given: {', '.join(given)}"
        )
    return None


@rule(
    "inputTransformer",
    what="each <name> in a template is an input path",
    source="EventBridge user guide, input transformation",
)
def _template(inputs: Properties) -> str | None:
    given = inputs.get("inputTransformer") or {}
    known = {*(given.get("inputPaths") or {})}
    used = set(re.findall(r"<([A-Za-z0-9_-]+)>", str(given.get("inputTemplate", ""))))
    missing = sorted(name for name in used - known if not name.startswith("aws"))
    if missing:
        return (
            f"ValidationException: Invalid InputTemplate for target: it uses {', '.join(missing)}, "
            "which no input path gives"
        )
    return None


def _target(inputs: Properties) -> Any:
    rest = {name: inputs.get(name) for name in _TARGET_STRUCTURES}
    given = {**rest, "id": inputs.get("targetId"), "arn": inputs.get("arn")}
    transformer = inputs.get("inputTransformer")
    if isinstance(transformer, dict):
        paths = {"inputPathsMap": transformer.get("inputPaths")}
        given["inputTransformer"] = {"inputTemplate": transformer.get("inputTemplate"), **paths}
    return translated("events", "Target", given)


def _target_request(inputs: Properties) -> Iterator[Request]:
    parameters = {"Rule": inputs.get("rule"), "Targets": [_target(inputs)]}
    if inputs.get("eventBusName") not in (None, UNKNOWN):
        parameters["EventBusName"] = inputs["eventBusName"]
    yield Request("events", "PutTargets", parameters)


def _put_target(aws: Aws, inputs: Properties) -> str:
    answer = aws.send(next(_target_request(inputs)))
    failed = next(iter(answer.get("FailedEntries") or []), None)
    if failed:
        raise AwsError(str(failed.get("ErrorCode")), str(failed.get("ErrorMessage")))
    return f"{inputs['rule']}-{inputs['targetId']}"


def _update_target(aws: Aws, _target_id: str, _old: Properties, new: Properties) -> None:
    _put_target(aws, new)


def _read_target(aws: Aws, _target_id: str, inputs: Properties) -> Properties | None:
    asked = {"Rule": inputs["rule"], "EventBusName": bus_of(inputs)}
    answer = aws.found("events", "ListTargetsByRule", MISSING, **asked)
    targets = (answer or {}).get("Targets", [])
    found = next((t for t in targets if t["Id"] == inputs["targetId"]), None)
    if found is None:
        return None
    transformer = found.get("InputTransformer")
    return {
        **{name: found.get(name[0].upper() + name[1:]) for name in _TARGET_STRUCTURES},
        "rule": inputs["rule"],
        "eventBusName": inputs.get("eventBusName"),
        "targetId": found["Id"],
        "arn": found["Arn"],
        "inputTransformer": transformer
        and {
            "inputPaths": transformer.get("InputPathsMap"),
            "inputTemplate": transformer["InputTemplate"],
        },
    }


def _delete_target(aws: Aws, _target_id: str, outputs: Properties) -> None:
    asked = {"Rule": outputs["rule"], "EventBusName": bus_of(outputs), "Ids": [outputs["targetId"]]}
    aws.found("events", "RemoveTargets", MISSING, **asked)


EVENT_TARGET = ResourceType(
    token="aws:cloudwatch/eventTarget:EventTarget",
    create=_put_target,
    read=_read_target,
    update=_update_target,
    delete=_delete_target,
    requests=_target_request,
    properties=frozenset(
        {"rule", "targetId", "arn", "eventBusName", "inputTransformer", *_TARGET_STRUCTURES}
    ),
    required=frozenset({"rule", "arn"}),
    replaces=frozenset({"rule", "targetId", "eventBusName"}),
    name=Name(64, "targetId"),
    unique=("rule", "targetId", "eventBusName"),
    rules=(_one_input, _template),
    asks_aws=("the rule exists (the emulator)",),
    open=(
        "that the target exists",
        "targets with parameters of their own: ECS, Batch, … (not covered)",
    ),
)
