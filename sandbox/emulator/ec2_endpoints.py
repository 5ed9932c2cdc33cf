"""VPC endpoints with their policy, groups and private DNS, which ministack drops."""

import json

from ministack.core.responses import get_account_id
from ministack.services import ec2

from sandbox.emulator.ec2_records import filtered, keep_tags, new_id, now, seen
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_OPEN_POLICY = json.dumps(
    {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)


def create(request: Record) -> Record:
    """CreateVpcEndpoint; available at once."""
    ident = new_id("vpce")
    kind = request.get("VpcEndpointType", "Gateway")
    interface = kind == "Interface"
    record = {
        "VpcEndpointId": ident,
        "VpcEndpointType": kind,
        "VpcId": request["VpcId"],
        "ServiceName": request["ServiceName"],
        "State": "available",
        "PolicyDocument": request.get("PolicyDocument") or _OPEN_POLICY,
        "RouteTableIds": request.get("RouteTableIds", []),
        "SubnetIds": request.get("SubnetIds", []),
        "Groups": [_group(name) for name in request.get("SecurityGroupIds", [])],
        "IpAddressType": request.get("IpAddressType", "ipv4"),
        "PrivateDnsEnabled": request.get("PrivateDnsEnabled", interface),
        "RequesterManaged": False,
        "NetworkInterfaceIds": [new_id("eni") for _ in request.get("SubnetIds", [])],
        "DnsEntries": _dns(ident, request) if interface else [],
        "CreationTimestamp": now(),
        "OwnerId": get_account_id(),
    }
    ec2._vpc_endpoints[ident] = record
    keep_tags(ident, request)
    return {"VpcEndpoint": seen(record, ident)}


def _dns(ident: str, request: Record) -> list[Record]:
    service_name = request["ServiceName"].removeprefix("com.amazonaws.")
    region, _, name = service_name.partition(".")
    return [
        {"DnsName": f"{ident}.{name}.{region}.vpce.amazonaws.com", "HostedZoneId": "Z38GZ743OKFT7T"}
    ]


def _group(name: str) -> Record:
    return {"GroupId": name, "GroupName": ec2._security_groups[name]["GroupName"]}


def modify(request: Record) -> Record:
    """ModifyVpcEndpoint: the given members."""
    record = ec2._vpc_endpoints.get(request["VpcEndpointId"])
    if record is None:
        raise _unknown_endpoint(request["VpcEndpointId"])
    if "PolicyDocument" in request or request.get("ResetPolicy"):
        record["PolicyDocument"] = request.get("PolicyDocument") or _OPEN_POLICY
    if "PrivateDnsEnabled" in request:
        record["PrivateDnsEnabled"] = request["PrivateDnsEnabled"]
    for member, kept in (("RouteTableIds", "RouteTableIds"), ("SubnetIds", "SubnetIds")):
        gone = set(request.get(f"Remove{member}", []))
        new = [n for n in request.get(f"Add{member}", []) if n not in record[kept]]
        record[kept] = [n for n in record[kept] if n not in gone] + new
    gone = set(request.get("RemoveSecurityGroupIds", []))
    added = [_group(name) for name in request.get("AddSecurityGroupIds", [])]
    record["Groups"] = [g for g in record["Groups"] if g["GroupId"] not in gone] + added
    return {"Return": True}


def describe(request: Record) -> Record:
    """DescribeVpcEndpoints."""
    wanted = request.get("VpcEndpointIds")
    unknown = [n for n in wanted or [] if n not in ec2._vpc_endpoints]
    if unknown:
        raise _unknown_endpoint(unknown[0])
    found = [
        seen(e, e["VpcEndpointId"])
        for e in ec2._vpc_endpoints.values()
        if not wanted or e["VpcEndpointId"] in wanted
    ]
    return {
        "VpcEndpoints": filtered(
            found,
            request,
            {
                "vpc-id": lambda e: e["VpcId"],
                "service-name": lambda e: e["ServiceName"],
                "vpc-endpoint-id": lambda e: e["VpcEndpointId"],
                "vpc-endpoint-state": lambda e: e["State"],
                "vpc-endpoint-type": lambda e: e["VpcEndpointType"],
            },
        )
    }


def _unknown_endpoint(name: str) -> Refusal:
    message = f"The Vpc Endpoint Id '{name}' does not exist"
    return Refusal("InvalidVpcEndpointId.NotFound", message)
