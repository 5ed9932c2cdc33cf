"""What AWS refuses of networks and ministack takes: what only the account's state can tell."""

import ipaddress
from collections.abc import Mapping

from ministack.services import ec2

from sandbox.emulator import ec2_dependencies
from sandbox.emulator.native import Check
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def _network(cidr: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(cidr)
    except ValueError as error:
        message = (
            f"Value ({cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
        )
        raise Refusal("InvalidParameterValue", message) from error


def _vpc(request: Record) -> None:
    if "CidrBlock" in request and not 16 <= _network(request["CidrBlock"]).prefixlen <= 28:
        raise Refusal("InvalidVpc.Range", f"The CIDR '{request['CidrBlock']}' is invalid.")


def _known_vpc(name: str) -> Record:
    found: Record | None = ec2._vpcs.get(name)
    if found is None:
        raise Refusal("InvalidVpcID.NotFound", f"The vpc ID '{name}' does not exist")
    return found


def _subnet(request: Record) -> None:
    vpc, cidr = _known_vpc(request["VpcId"]), request.get("CidrBlock", "")
    wanted = _network(cidr)
    blocks = [vpc["CidrBlock"], *(a["CidrBlock"] for a in vpc.get("CidrBlockAssociationSet", []))]
    inside = any(wanted.subnet_of(_network(block)) for block in blocks)
    if not inside or not 16 <= wanted.prefixlen <= 28:
        raise Refusal("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for other in ec2._subnets.values():
        if other["VpcId"] == vpc["VpcId"] and wanted.overlaps(_network(other["CidrBlock"])):
            message = f"The CIDR '{cidr}' conflicts with another subnet"
            raise Refusal("InvalidSubnet.Conflict", message)
    zones = [f"{ec2.get_region()}{letter}" for letter in "abc"]
    zone = request.get("AvailabilityZone", zones[0])
    if zone not in zones:
        raise Refusal(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only"
            f" be created in the following availability zones: {', '.join(zones)}.",
        )


def _known_subnet(name: str) -> None:
    if name not in ec2._subnets:
        raise Refusal("InvalidSubnetID.NotFound", f"The subnet ID '{name}' does not exist")


def _known_group(name: str) -> None:
    if name not in ec2._security_groups:
        message = f"The security group '{name}' does not exist"
        raise Refusal("InvalidGroup.NotFound", message)


def _nat(request: Record) -> None:
    _known_subnet(request["SubnetId"])
    if request.get("ConnectivityType", "public") != "public":
        return
    name = request.get("AllocationId")
    if name is None:
        message = "The request must include the AllocationId parameter. Add the required parameter"
        raise Refusal("MissingParameter", f"{message} and retry the request.")
    address = ec2._addresses.get(name)
    if address is None:
        raise Refusal("InvalidAllocationID.NotFound", f"The allocation ID '{name}' does not exist")
    if address.get("AssociationId"):
        message = f"resource {name} is already associated with {address['AssociationId']}"
        raise Refusal("Resource.AlreadyAssociated", message)


def _endpoint(request: Record) -> None:
    _known_vpc(request["VpcId"])
    for name in request.get("SubnetIds", []):
        _known_subnet(name)
    for name in request.get("SecurityGroupIds", []):
        _known_group(name)
    for name in request.get("RouteTableIds", []):
        if name not in ec2._route_tables:
            message = f"The routeTable ID '{name}' does not exist"
            raise Refusal("InvalidRouteTableID.NotFound", message)


def _group(request: Record) -> None:
    vpc = request.get("VpcId")
    if vpc is not None:
        _known_vpc(vpc)
    name = request.get("GroupName", "")
    for other in ec2._security_groups.values():
        if (other["GroupName"], other.get("VpcId")) == (name, vpc):
            message = f"The security group '{name}' already exists for VPC '{vpc}'"
            raise Refusal("InvalidGroup.Duplicate", message)


def _rule(request: Record) -> None:
    for permission in request.get("IpPermissions", []):
        low, high = permission.get("FromPort"), permission.get("ToPort")
        tcp = permission.get("IpProtocol") in ("tcp", "udp", "6", "17")
        if tcp and (low is None or high is None or not 0 <= low <= high <= 65535):
            message = f"Invalid TCP/UDP port range ({low}:{high})"
            raise Refusal("InvalidParameterValue", message)
        for pair in permission.get("UserIdGroupPairs", []):
            if "GroupId" in pair:
                _known_group(pair["GroupId"])


def _route(request: Record) -> None:
    table = ec2._route_tables.get(request["RouteTableId"])
    if table is None:
        message = f"The routeTable ID '{request['RouteTableId']}' does not exist"
        raise Refusal("InvalidRouteTableID.NotFound", message)
    cidr = request.get("DestinationCidrBlock")
    if cidr and any(r.get("DestinationCidrBlock") == cidr for r in table["Routes"]):
        message = f"The route identified by {cidr} already exists."
        raise Refusal("RouteAlreadyExists", message)
    nat = request.get("NatGatewayId")
    if nat and (ec2._nat_gateways.get(nat) or {}).get("State") != "available":
        raise Refusal("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")


CHECKS: Mapping[str, Check] = {
    **ec2_dependencies.CHECKS,
    "CreateVpc": _vpc,
    "CreateSubnet": _subnet,
    "CreateNatGateway": _nat,
    "CreateVpcEndpoint": _endpoint,
    "CreateSecurityGroup": _group,
    "AuthorizeSecurityGroupIngress": _rule,
    "AuthorizeSecurityGroupEgress": _rule,
    "CreateRoute": _route,
}
