"""EC2: virtual private clouds."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws
from sandbox.provider.ec2.blocks import block_size
from sandbox.provider.ec2.calls import RETAG, arn, filters, gone, one, tagged
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.tags import from_list
from sandbox.provider.values import Properties


def _vpc_request(inputs: Properties) -> Iterator[Request]:
    yield request("ec2", "CreateVpc", inputs, TagSpecifications=tagged("vpc", inputs))


def _create_vpc(aws: Aws, inputs: Properties) -> str:
    vpc_id = str(aws.send(next(_vpc_request(inputs)))["Vpc"]["VpcId"])
    _update_vpc(aws, vpc_id, {"enableDnsSupport": True, "enableDnsHostnames": False}, inputs)
    return vpc_id


def _left_vpcs(aws: Aws, _inputs: Properties) -> Iterator[str]:
    for vpc in aws.call("ec2", "DescribeVpcs")["Vpcs"]:
        yield str(vpc["VpcId"])


def _update_vpc(aws: Aws, vpc_id: str, old: Properties, new: Properties) -> None:
    # One attribute a call, support before hostnames. Source: BC:ec2/ModifyVpcAttributeRequest.
    for name, default in (("enableDnsSupport", True), ("enableDnsHostnames", False)):
        value = new.get(name, default)
        if value != old.get(name, default):
            member = name[0].upper() + name[1:]
            aws.call("ec2", "ModifyVpcAttribute", VpcId=vpc_id, **{member: {"Value": value}})


def _read_vpc(aws: Aws, vpc_id: str, _inputs: Properties) -> Properties | None:
    vpc = one(aws, "DescribeVpcs", "Vpcs", VpcIds=[vpc_id])
    if vpc is None:
        return None

    def attribute(name: str) -> bool:
        answer = aws.call("ec2", "DescribeVpcAttribute", VpcId=vpc_id, Attribute=name)
        return bool(answer[name[0].upper() + name[1:]]["Value"])

    inside = filters(vpc_id=vpc_id)
    main = _main_route_table(aws, vpc_id)
    group = one(
        aws, "DescribeSecurityGroups", "SecurityGroups",
        Filters=[*inside, *filters(group_name="default")],
    )  # fmt: skip
    acl = one(
        aws, "DescribeNetworkAcls", "NetworkAcls", Filters=[*inside, *filters(default="true")]
    )
    return {
        "cidrBlock": vpc["CidrBlock"],
        "instanceTenancy": vpc.get("InstanceTenancy"),
        "enableDnsSupport": attribute("enableDnsSupport"),
        "enableDnsHostnames": attribute("enableDnsHostnames"),
        "arn": arn(aws, "vpc", vpc_id),
        "ownerId": vpc.get("OwnerId"),
        "dhcpOptionsId": vpc.get("DhcpOptionsId"),
        "mainRouteTableId": main,
        "defaultRouteTableId": main,
        "defaultSecurityGroupId": group and group["GroupId"],
        "defaultNetworkAclId": acl and acl["NetworkAclId"],
        "tags": from_list(vpc.get("Tags")),
    }


def _main_route_table(aws: Aws, vpc_id: str) -> str | None:
    tables = aws.call("ec2", "DescribeRouteTables", Filters=filters(vpc_id=vpc_id))["RouteTables"]
    for table in tables:
        if any(association.get("Main") for association in table.get("Associations", [])):
            return str(table["RouteTableId"])
    return None


VPC = ResourceType(
    token="aws:ec2/vpc:Vpc",
    create=_create_vpc,
    left=_left_vpcs,
    read=_read_vpc,
    update=_update_vpc,
    delete=lambda aws, vpc_id, _: gone(aws, "DeleteVpc", VpcId=vpc_id),
    requests=_vpc_request,
    properties=frozenset(
        {"cidrBlock", "instanceTenancy", "enableDnsSupport", "enableDnsHostnames"}
    ),
    required=frozenset({"cidrBlock"}),
    replaces=frozenset({"cidrBlock", "instanceTenancy"}),
    computed=frozenset(
        {
            "arn",
            "ownerId",
            "dhcpOptionsId",
            "mainRouteTableId",
            "defaultRouteTableId",
            "defaultSecurityGroupId",
            "defaultNetworkAclId",
        }
    ),
    defaults={"instanceTenancy": "default", "enableDnsSupport": True, "enableDnsHostnames": False},
    retag=RETAG,
    rules=(block_size,),
    open=("quotas (5 a region)",),
)
