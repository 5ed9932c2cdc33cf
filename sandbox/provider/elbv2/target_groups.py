"""Elastic Load Balancing: target groups."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.elbv2 import attributes
from sandbox.provider.elbv2.calls import MISSING, RETAG, tags_of
from sandbox.provider.elbv2.target_group_limits import CHECKED, RULES
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType
from sandbox.provider.tags import as_list, ours
from sandbox.provider.values import UNKNOWN, Properties

_CHECK_TEXTS = {
    "enabled": "HealthCheckEnabled", "path": "HealthCheckPath", "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
}  # fmt: skip


def _check_parameters(inputs: Properties) -> dict[str, Any]:
    check = inputs.get("healthCheck") or {}
    if check == UNKNOWN:
        return {}
    names = {**{name: member for name, (member, _, _) in CHECKED.items()}, **_CHECK_TEXTS}
    found = {member: check[name] for name, member in names.items() if check.get(name) is not None}
    for member in ("HealthCheckPort",):
        if member in found:
            found[member] = str(found[member])
    if check.get("matcher"):
        code = "GrpcCode" if inputs.get("protocolVersion") == "GRPC" else "HttpCode"
        found["Matcher"] = {code: str(check["matcher"])}
    return found


def _request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "elbv2", "CreateTargetGroup", inputs, **_check_parameters(inputs), Tags=as_list(inputs)
    )
    wanted = attributes.wire({}, inputs, attributes.TARGET_GROUP)
    yield Request(
        "elbv2", "ModifyTargetGroupAttributes", {"TargetGroupArn": "", "Attributes": wanted}
    )


def _create(aws: Aws, inputs: Properties) -> str:
    found = aws.found("elbv2", "DescribeTargetGroups", MISSING, Names=[inputs["name"]])
    if found and found["TargetGroups"]:
        arn = str(found["TargetGroups"][0]["TargetGroupArn"])
        if not ours(tags_of(aws, arn), inputs):
            text = (
                f"A target group with the same name '{inputs['name']}' exists, but with different "
                "settings"
            )
            raise AwsError("DuplicateTargetGroupName", text)
    else:
        arn = str(aws.send(next(_request(inputs)))["TargetGroups"][0]["TargetGroupArn"])
    try:
        _set_attributes(aws, arn, {}, inputs)
    except AwsError:
        aws.call("elbv2", "DeleteTargetGroup", TargetGroupArn=arn)
        raise
    return arn


def _set_attributes(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    changes = attributes.wire(old, new, attributes.TARGET_GROUP)
    if changes:
        aws.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=changes)


def _update(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    if old.get("healthCheck") != new.get("healthCheck"):
        wanted = _check_parameters(new)
        aws.call("elbv2", "ModifyTargetGroup", TargetGroupArn=arn, **wanted)
    _set_attributes(aws, arn, old, new)


def _read(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    found = aws.found("elbv2", "DescribeTargetGroups", MISSING, TargetGroupArns=[arn])
    if not found or not found["TargetGroups"]:
        return None
    group = found["TargetGroups"][0]
    names = {**{name: member for name, (member, _, _) in CHECKED.items()}, **_CHECK_TEXTS}
    matcher = group.get("Matcher") or {}
    return {
        "name": group["TargetGroupName"],
        "port": group.get("Port"),
        "protocol": group.get("Protocol"),
        "protocolVersion": group.get("ProtocolVersion"),
        "targetType": group.get("TargetType"),
        "ipAddressType": group.get("IpAddressType"),
        "vpcId": group.get("VpcId"),
        "healthCheck": {
            **{name: group.get(member) for name, member in names.items()},
            "matcher": matcher.get("HttpCode") or matcher.get("GrpcCode"),
        },
        "arn": arn,
        "arnSuffix": arn.split(":", 5)[5],
        "loadBalancerArns": group.get("LoadBalancerArns", []),
        **attributes.read(
            aws, "DescribeTargetGroupAttributes", attributes.TARGET_GROUP, TargetGroupArn=arn
        ),
        "tags": tags_of(aws, arn),
    }


def _delete(aws: Aws, arn: str, _outputs: Properties) -> None:
    def unused() -> bool | None:
        try:
            aws.found("elbv2", "DeleteTargetGroup", MISSING, TargetGroupArn=arn)
        except AwsError as refused:
            if refused.code == "ResourceInUse":
                return None
            raise
        return True

    aws.wait(f"listeners that still use {arn}", unused, seconds=120)


TARGET_GROUP = ResourceType(
    token="aws:lb/targetGroup:TargetGroup",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    requests=_request,
    properties=frozenset(
        {
            "name",
            "port",
            "protocol",
            "protocolVersion",
            "targetType",
            "ipAddressType",
            "vpcId",
            "healthCheck",
        }
        | {path.split(".")[0] for path in attributes.TARGET_GROUP}
    ),
    required=frozenset({"port", "protocol", "vpcId"}),
    replaces=frozenset(
        {"name", "port", "protocol", "protocolVersion", "targetType", "ipAddressType", "vpcId"}
    ),
    computed=frozenset(
        {
            "arn",
            "arnSuffix",
            "loadBalancerArns",
            "ipAddressType",
            "healthCheck",
            "stickiness",
            "protocolVersion",
        }
    ),
    volatile=frozenset({"loadBalancerArns"}),
    name=Name(32),
    unique=("name",),
    defaults={
        "targetType": "instance",
        **{p: default for p, (_, default) in attributes.TARGET_GROUP.items() if "." not in p},
    },
    retag=RETAG,
    rules=RULES,
    asks_aws=("the name is free, or bears this stack's tags", "no listener uses it at deletion"),
    open=("lambda and network target groups (the emulator has none)",),
)
