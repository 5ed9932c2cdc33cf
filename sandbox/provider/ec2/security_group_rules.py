"""EC2: the rules of security groups, one resource a rule."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ec2.calls import RETAG, arn, gone, one, tagged
from sandbox.provider.ec2.security_groups import rules_of
from sandbox.provider.requests import Request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.tags import from_list, ours
from sandbox.provider.values import Properties

_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@rule(
    "ipProtocol",
    "fromPort",
    "toPort",
    what="ports 0-65535 in order, none for all protocols",
    source="BC:ec2/IpPermission; AWS's InvalidParameterValue",
)
def _ports(inputs: Properties) -> str | None:
    protocol = str(inputs["ipProtocol"])
    low, high = inputs.get("fromPort"), inputs.get("toPort")
    if protocol in ("-1", "all"):
        given = low not in (None, -1, 0) or high not in (None, -1, 0)
        return "InvalidParameterValue: all protocols (-1) take no ports" if given else None
    if protocol in ("tcp", "udp", "6", "17"):
        if low is None or high is None:
            return (
                "InvalidParameterValue: Invalid value for portRange. Must specify both from and "
                "to ports with TCP/UDP."
            )
        if not (0 <= int(low) <= int(high) <= 65535):
            return f"InvalidParameterValue: Invalid TCP/UDP port range ({low}:{high})"
    return None


@rule(
    *_SOURCES,
    what="exactly one source or destination; blocks in their exact form",
    source="PAWS:vpc/security_group_ingress_rule.py; AWS's InvalidParameterValue",
)
def _one_source(inputs: Properties) -> str | None:
    given = [name for name in _SOURCES if inputs.get(name)]
    if len(given) != 1:
        return f"InvalidParameterCombination: a rule has exactly one of {', '.join(_SOURCES)}"
    if given[0] in ("cidrIpv4", "cidrIpv6"):
        try:
            ipaddress.ip_network(inputs[given[0]])
        except ValueError:
            return f"InvalidParameterValue: CIDR block {inputs[given[0]]} is malformed"
    return None


def _permission(inputs: Properties) -> dict[str, Any]:
    extra = {"Description": inputs["description"]} if inputs.get("description") else {}
    ports = (("FromPort", "fromPort"), ("ToPort", "toPort"))
    result: dict[str, Any] = {"IpProtocol": str(inputs["ipProtocol"])}
    result |= {member: inputs[name] for member, name in ports if inputs.get(name) is not None}
    for name, many, member in (
        ("cidrIpv4", "IpRanges", "CidrIp"),
        ("cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("prefixListId", "PrefixListIds", "PrefixListId"),
        ("referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
    ):
        if inputs.get(name):
            result[many] = [{member: inputs[name], **extra}]
    return result


def _rule_type(direction: str) -> ResourceType:
    egress = direction == "Egress"
    operation = f"AuthorizeSecurityGroup{direction}"

    def asked(inputs: Properties) -> Iterator[Request]:
        tags = tagged("security-group-rule", inputs)
        yield Request(
            "ec2", operation,
            {"GroupId": inputs["securityGroupId"], "IpPermissions": [_permission(inputs)]}
            | ({"TagSpecifications": tags} if tags else {}),
        )  # fmt: skip

    def create(aws: Aws, inputs: Properties) -> str:
        for existing in rules_of(aws, inputs["securityGroupId"]):
            if existing["IsEgress"] == egress and _equals(existing, inputs):
                if ours(from_list(existing.get("Tags")), inputs):
                    return str(existing["SecurityGroupRuleId"])  # left by a create that crashed
                raise AwsError("InvalidPermission.Duplicate", "the specified rule already exists")
        rules = aws.send(next(asked(inputs)))["SecurityGroupRules"]
        return str(rules[0]["SecurityGroupRuleId"])

    def delete(aws: Aws, rule_id: str, outputs: Properties) -> None:
        gone(
            aws, f"RevokeSecurityGroup{direction}", GroupId=outputs["securityGroupId"],
            SecurityGroupRuleIds=[rule_id],
        )  # fmt: skip

    return ResourceType(
        token=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        create=create,
        read=_read_rule,
        update=_update_rule,
        delete=delete,
        requests=asked,
        properties=frozenset(
            {"securityGroupId", "ipProtocol", "fromPort", "toPort", "description", *_SOURCES}
        ),
        required=frozenset({"securityGroupId", "ipProtocol"}),
        replaces=frozenset({"securityGroupId"}),
        alternatives=frozenset(_SOURCES),  # SecurityGroupRuleRequest: the type cannot be changed
        computed=frozenset({"arn", "securityGroupRuleId"}),
        retag=RETAG,
        rules=(_ports, _one_source),
        asks_aws=("no equal rule in the group",),
        open=("quota (60 rules a group)",),
    )


def _equals(existing: dict[str, Any], inputs: Properties) -> bool:
    actual = _rule(existing)
    ports = [actual[name] for name in ("fromPort", "toPort")]
    wanted = [inputs.get(name) for name in ("fromPort", "toPort")]
    same_source = all(actual.get(name) == inputs.get(name) for name in _SOURCES)
    return same_source and ports == wanted and actual["ipProtocol"] == str(inputs["ipProtocol"])


def _port(found: dict[str, Any], member: str) -> int | None:
    """The port; for all protocols EC2 answers -1, where none was given."""
    port = found.get(member)
    return None if port == -1 and found["IpProtocol"] == "-1" else port


def _rule(found: dict[str, Any]) -> Properties:
    return {
        "securityGroupId": found["GroupId"],
        "ipProtocol": found["IpProtocol"],
        "fromPort": _port(found, "FromPort"),
        "toPort": _port(found, "ToPort"),
        "description": found.get("Description"),
        "cidrIpv4": found.get("CidrIpv4"),
        "cidrIpv6": found.get("CidrIpv6"),
        "prefixListId": found.get("PrefixListId"),
        "referencedSecurityGroupId": (found.get("ReferencedGroupInfo") or {}).get("GroupId"),
    }


def _read_rule(aws: Aws, rule_id: str, _inputs: Properties) -> Properties | None:
    found = one(
        aws, "DescribeSecurityGroupRules", "SecurityGroupRules", SecurityGroupRuleIds=[rule_id]
    )
    if found is None:
        return None
    computed = {"securityGroupRuleId": rule_id, "arn": arn(aws, "security-group-rule", rule_id)}
    return {**_rule(found), **computed, "tags": from_list(found.get("Tags"))}


def _update_rule(aws: Aws, rule_id: str, _old: Properties, new: Properties) -> None:
    changed = {"IpProtocol": str(new["ipProtocol"])}
    for name, member in (
        ("fromPort", "FromPort"), ("toPort", "ToPort"), ("description", "Description"),
        ("cidrIpv4", "CidrIpv4"), ("cidrIpv6", "CidrIpv6"), ("prefixListId", "PrefixListId"),
        ("referencedSecurityGroupId", "ReferencedGroupId"),
    ):  # fmt: skip
        if new.get(name) is not None:
            changed[member] = new[name]
    wanted = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": changed}]
    aws.call(
        "ec2", "ModifySecurityGroupRules", GroupId=new["securityGroupId"], SecurityGroupRules=wanted
    )


INGRESS_RULE = _rule_type("Ingress")
EGRESS_RULE = _rule_type("Egress")
