"""NAT gateways with their addresses, which ministack drops."""

from ministack.services import ec2

from sandbox.emulator.ec2_records import filtered, keep_tags, new_id, now, seen
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def create(request: Record) -> Record:
    """CreateNatGateway; available at once."""
    subnet = ec2._subnets[request["SubnetId"]]
    ident = new_id("nat")
    public = request.get("ConnectivityType", "public") == "public"
    record = {
        "NatGatewayId": ident,
        "SubnetId": request["SubnetId"],
        "VpcId": subnet["VpcId"],
        "ConnectivityType": request.get("ConnectivityType", "public"),
        "State": "available",
        "CreateTime": now(),
        "NatGatewayAddresses": [_nat_address(request, subnet, public=public)],
    }
    ec2._nat_gateways[ident] = record
    keep_tags(ident, request)
    return {"NatGateway": seen(record, ident)}


def _nat_address(request: Record, subnet: Record, *, public: bool) -> Record:
    host = 5 + sum(1 for n in ec2._nat_gateways.values() if n["SubnetId"] == subnet["SubnetId"])
    private = f"{subnet['CidrBlock'].rpartition('.')[0]}.{host}"
    address = {
        "NetworkInterfaceId": new_id("eni"),
        "PrivateIp": request.get("PrivateIpAddress", private),
        "IsPrimary": True,
        "Status": "succeeded",
    }
    if public:
        elastic = ec2._addresses[request["AllocationId"]]
        elastic["AssociationId"] = new_id("eipassoc")
        elastic["NetworkInterfaceId"] = address["NetworkInterfaceId"]
        elastic["PrivateIpAddress"] = address["PrivateIp"]
        address |= {
            "AllocationId": request["AllocationId"],
            "AssociationId": elastic["AssociationId"],
            "PublicIp": elastic["PublicIp"],
        }
    return address


def describe(request: Record) -> Record:
    """DescribeNatGateways."""
    wanted = request.get("NatGatewayIds")
    unknown = [n for n in wanted or [] if n not in ec2._nat_gateways]
    if unknown:
        message = f"The Nat Gateway {unknown[0]} was not found"
        raise Refusal("NatGatewayNotFound", message)
    found = [
        seen(n, n["NatGatewayId"])
        for n in ec2._nat_gateways.values()
        if not wanted or n["NatGatewayId"] in wanted
    ]
    return {
        "NatGateways": filtered(
            found,
            request,
            {
                "state": lambda n: n["State"],
                "vpc-id": lambda n: n["VpcId"],
                "subnet-id": lambda n: n["SubnetId"],
                "nat-gateway-id": lambda n: n["NatGatewayId"],
            },
        )
    }


def delete(request: Record) -> Record:
    """DeleteNatGateway; gone at once, and its address free."""
    ident = request["NatGatewayId"]
    record = ec2._nat_gateways.get(ident)
    if record is None:
        raise Refusal("NatGatewayNotFound", f"The Nat Gateway {ident} was not found")
    record["State"] = "deleted"
    for address in record["NatGatewayAddresses"]:
        elastic = ec2._addresses.get(address.get("AllocationId", "")) or {}
        for member in ("AssociationId", "NetworkInterfaceId", "PrivateIpAddress"):
            elastic[member] = ""
    return {"NatGatewayId": ident}
