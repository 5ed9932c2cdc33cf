"""What of a network cannot be deleted while something else needs it."""

from collections.abc import Mapping

from ministack.services import ec2

from sandbox.emulator import elbv2_records
from sandbox.emulator.ecs_records import services, tasks
from sandbox.emulator.native import Check
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def _dependent(kind: str, name: str, found: bool) -> None:
    if found:
        message = f"The {kind} '{name}' has dependencies and cannot be deleted."
        raise Refusal("DependencyViolation", message)


def _delete_subnet(request: Record) -> None:
    name = request["SubnetId"]
    nats = (n["SubnetId"] for n in ec2._nat_gateways.values() if n["State"] != "deleted")
    ends = (s for e in ec2._vpc_endpoints.values() for s in e["SubnetIds"])
    zones = (
        z["SubnetId"] for b in elbv2_records.balancers.values() for z in b["AvailabilityZones"]
    )
    live = (
        d["value"]
        for t in tasks.values()
        if t["lastStatus"] != "STOPPED"
        for d in t["attachments"][0]["details"]
        if d["name"] == "subnetId"
    )
    _dependent("subnet", name, name in {*nats, *ends, *zones, *live})


def _delete_group(request: Record) -> None:
    name = request.get("GroupId", "")
    balanced = (g for b in elbv2_records.balancers.values() for g in b["SecurityGroups"])
    ends = (g["GroupId"] for e in ec2._vpc_endpoints.values() for g in e.get("Groups", []))
    served = (
        g
        for s in services.values()
        if s["status"] != "INACTIVE"
        for g in (s.get("networkConfiguration") or {})
        .get("awsvpcConfiguration", {})
        .get("securityGroups", [])
    )
    named = (
        pair.get("GroupId")
        for other in ec2._security_groups.values()
        if other["GroupId"] != name
        for side in ("IpPermissions", "IpPermissionsEgress")
        for permission in other.get(side, [])
        for pair in permission.get("UserIdGroupPairs", [])
    )
    if name in {*balanced, *ends, *served, *named}:
        raise Refusal("DependencyViolation", f"resource {name} has a dependent object")


def _delete_gateway(request: Record) -> None:
    name = request["InternetGatewayId"]
    record = ec2._internet_gateways.get(name) or {}
    _dependent("internetGateway", name, bool(record.get("Attachments")))


def _detach_gateway(request: Record) -> None:
    vpc = request["VpcId"]
    mapped = any(
        n["VpcId"] == vpc and n["State"] != "deleted" and n["ConnectivityType"] == "public"
        for n in ec2._nat_gateways.values()
    )
    faced = any(
        b["VpcId"] == vpc and b["Scheme"] == "internet-facing"
        for b in elbv2_records.balancers.values()
    )
    if mapped or faced:
        message = f"Network {vpc} has some mapped public address(es). Please unmap those first."
        raise Refusal("DependencyViolation", message)


def _release(request: Record) -> None:
    address = ec2._addresses.get(request.get("AllocationId", "")) or {}
    if address.get("AssociationId"):
        message = f"Address {address['PublicIp']} is in use."
        raise Refusal("InvalidIPAddress.InUse", message)


def _delete_vpc(request: Record) -> None:
    name = request["VpcId"]
    kept = (
        *(b["VpcId"] for b in elbv2_records.balancers.values()),
        *(e["VpcId"] for e in ec2._vpc_endpoints.values()),
        *(n["VpcId"] for n in ec2._nat_gateways.values() if n["State"] != "deleted"),
    )
    _dependent("vpc", name, name in kept)


CHECKS: Mapping[str, Check] = {
    "DeleteSubnet": _delete_subnet,
    "DeleteSecurityGroup": _delete_group,
    "DeleteInternetGateway": _delete_gateway,
    "DetachInternetGateway": _detach_gateway,
    "ReleaseAddress": _release,
    "DeleteVpc": _delete_vpc,
}
