"""EC2: security groups."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ec2.calls import RETAG, arn, filters, gone, one, tagged
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType, nothing_in_place, rule
from sandbox.provider.tags import from_list, ours
from sandbox.provider.values import Properties

_DESCRIPTION = "Managed by Pulumi"


@rule(
    "name",
    "description",
    what="name without sg- and up to 255 characters; description likewise; AWS's characters",
    source="BC:ec2/CreateSecurityGroupRequest",
)
def _words(inputs: Properties) -> str | None:
    allowed = set("._-:/()#,@[]+=&;{}!$* ")
    for name in ("name", "description"):
        text = str(inputs.get(name) or "")
        if len(text) > 255 or any(
            not (c.isascii() and c.isalnum()) and c not in allowed for c in text
        ):
            return (
                f"InvalidParameterValue: Value ({text}) for parameter {name} is invalid. Character "
                "sets beyond ASCII letters, digits and ._-:/()#,@[]+=&;{}!$* are not supported, "
                "nor more than 255 characters."
            )
    if str(inputs.get("name") or "").startswith("sg-"):
        return "InvalidParameterValue: Group names may not be in the format sg-*."
    return None


def _group_request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "ec2", "CreateSecurityGroup", inputs, GroupName=inputs.get("name"),
        Description=inputs.get("description", _DESCRIPTION),
        TagSpecifications=tagged("security-group", inputs),
    )  # fmt: skip


def _create_group(aws: Aws, inputs: Properties) -> str:
    asked = filters(vpc_id=inputs["vpcId"], group_name=inputs["name"])
    found = one(aws, "DescribeSecurityGroups", "SecurityGroups", Filters=asked)
    if found and not ours(from_list(found.get("Tags")), inputs):
        text = f"The security group '{inputs['name']}' already exists for VPC '{inputs['vpcId']}'"
        raise AwsError("InvalidGroup.Duplicate", text)
    # One that exists was left by a create that crashed, perhaps before the next lines.
    group_id = str((found or aws.send(next(_group_request(inputs))))["GroupId"])
    # AWS lets a new group reach everything; a program that lists its rules does not want that.
    # Source: PAWS:ec2/security_group.py, "will remove this default rule".
    for egress in rules_of(aws, group_id):
        if egress["IsEgress"] and not ours(from_list(egress.get("Tags")), inputs):
            rule_ids = [egress["SecurityGroupRuleId"]]
            aws.call(
                "ec2", "RevokeSecurityGroupEgress", GroupId=group_id, SecurityGroupRuleIds=rule_ids
            )
    return group_id


def rules_of(aws: Aws, group_id: str) -> list[dict[str, Any]]:
    asked = filters(group_id=group_id)
    rules = aws.call("ec2", "DescribeSecurityGroupRules", Filters=asked)["SecurityGroupRules"]
    return list(rules)


def _read_group(aws: Aws, group_id: str, _inputs: Properties) -> Properties | None:
    group = one(aws, "DescribeSecurityGroups", "SecurityGroups", GroupIds=[group_id])
    if group is None:
        return None
    return {
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group.get("VpcId"),
        "ownerId": group.get("OwnerId"),
        "arn": arn(aws, "security-group", group_id),
        "tags": from_list(group.get("Tags")),
    }


SECURITY_GROUP = ResourceType(
    token="aws:ec2/securityGroup:SecurityGroup",
    create=_create_group,
    read=_read_group,
    update=nothing_in_place,
    delete=lambda aws, group_id, _: gone(aws, "DeleteSecurityGroup", GroupId=group_id),
    requests=_group_request,
    properties=frozenset({"name", "description", "vpcId", "revokeRulesOnDelete"}),
    required=frozenset({"vpcId"}),
    replaces=frozenset({"name", "description", "vpcId"}),
    computed=frozenset({"arn", "ownerId"}),
    name=Name(255),
    unique=("name", "vpcId"),
    unread=frozenset({"revokeRulesOnDelete"}),
    defaults={"description": _DESCRIPTION},
    retag=RETAG,
    rules=(_words,),
    asks_aws=("the name is free in the VPC", "nothing depends on it at deletion (waits)"),
    open=("inline rules (not covered)",),
)
