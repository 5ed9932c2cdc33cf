"""CloudWatch Logs: log groups."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.tags import as_map, ours, retag
from sandbox.provider.values import Properties

MISSING = "ResourceNotFoundException"

_RETENTIONS = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
    2922, 3288, 3653,
)  # fmt: skip


@rule(
    "retentionInDays",
    what="retention is one of AWS's values (0 keeps for ever)",
    source="BC:logs/PutRetentionPolicyRequest.retentionInDays",
)
def _retention(inputs: Properties) -> str | None:
    days = inputs.get("retentionInDays", 0)
    if days in _RETENTIONS:
        return None
    allowed = ", ".join(map(str, _RETENTIONS[1:]))
    return (
        f"InvalidParameterException: 1 validation error detected: Value '{days}' at "
        f"'retentionInDays' failed to satisfy constraint: must be one of [{allowed}]"
    )


def _group_request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "logs", "CreateLogGroup", {"kmsKeyId": inputs.get("kmsKeyId")},
        logGroupName=inputs.get("name"), logGroupClass=inputs.get("logGroupClass"),
        tags=as_map(inputs),
    )  # fmt: skip


def _create_group(aws: Aws, inputs: Properties) -> str:
    name = str(inputs["name"])
    if _group(aws, name) is None:
        aws.send(next(_group_request(inputs)))
    elif not ours(_group_tags(aws, name), inputs):
        raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
    _update_group(aws, name, {}, inputs)  # a group left by a create that crashed is adopted
    return name


def _group(aws: Aws, name: str) -> dict[str, Any] | None:
    found = aws.call("logs", "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
    return next((group for group in found if group["logGroupName"] == name), None)


def _group_arn(aws: Aws, name: str) -> str:
    return aws.arn("logs", f"log-group:{name}")


def _group_tags(aws: Aws, name: str) -> dict[str, str]:
    arn = _group_arn(aws, name)
    return dict(aws.call("logs", "ListTagsForResource", resourceArn=arn).get("tags") or {})


def _update_group(aws: Aws, name: str, old: Properties, new: Properties) -> None:
    before, after = old.get("retentionInDays") or 0, new.get("retentionInDays") or 0
    if before == after:
        return
    if after:
        aws.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=after)
    else:
        aws.call("logs", "DeleteRetentionPolicy", logGroupName=name)


def _read_group(aws: Aws, name: str, _inputs: Properties) -> Properties | None:
    group = _group(aws, name)
    if group is None:
        return None
    return {
        "name": name,
        "retentionInDays": group.get("retentionInDays", 0),
        "kmsKeyId": group.get("kmsKeyId"),
        "logGroupClass": group.get("logGroupClass", "STANDARD"),
        "arn": group["arn"].removesuffix(":*"),
        "tags": _group_tags(aws, name),
    }


def _delete_group(aws: Aws, name: str, outputs: Properties) -> None:
    if not outputs.get("skipDestroy"):
        aws.found("logs", "DeleteLogGroup", MISSING, logGroupName=name)


LOG_GROUP = ResourceType(
    token="aws:cloudwatch/logGroup:LogGroup",
    create=_create_group,
    read=_read_group,
    update=_update_group,
    delete=_delete_group,
    requests=_group_request,
    properties=frozenset({"name", "retentionInDays", "kmsKeyId", "logGroupClass", "skipDestroy"}),
    replaces=frozenset({"name", "logGroupClass", "kmsKeyId"}),
    computed=frozenset({"arn", "logGroupClass"}),
    name=Name(512),
    unique=("name",),
    unread=frozenset({"skipDestroy"}),
    defaults={"retentionInDays": 0, "skipDestroy": False},
    retag=retag(
        "logs", "TagResource", "UntagResource", "resourceArn", keys="tagKeys", tags="tags",
        style="map", of=_group_arn,
    ),
    rules=(_retention,),
    asks_aws=("the name is free, or bears this stack's tags",),
    open=("that the KMS key exists; its change (AWS changes it in place, here it replaces)",),
)  # fmt: skip
