"""EC2: addresses, and the NAT gateways that use them."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ec2.calls import RETAG, arn, filters, gone, one, tagged
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, nothing_in_place, rule
from sandbox.provider.tags import from_list, ours
from sandbox.provider.values import Properties


def _address_request(inputs: Properties) -> Iterator[Request]:
    yield request("ec2", "AllocateAddress", inputs, TagSpecifications=tagged("elastic-ip", inputs))


def _left_addresses(aws: Aws, _inputs: Properties) -> Iterator[str]:
    for address in aws.call("ec2", "DescribeAddresses")["Addresses"]:
        yield str(address["AllocationId"])


def _read_address(aws: Aws, allocation_id: str, _inputs: Properties) -> Properties | None:
    address = one(aws, "DescribeAddresses", "Addresses", AllocationIds=[allocation_id])
    if address is None:
        return None
    public = address.get("PublicIp", "")
    host = f"ec2-{public.replace('.', '-')}.{aws.region}.compute.amazonaws.com"
    return {
        "domain": address.get("Domain"),
        "allocationId": allocation_id,
        "arn": arn(aws, "elastic-ip", allocation_id),
        "publicIp": public,
        # EC2's API does not give the name; the provider for AWS composes it the same way.
        "publicDns": host,
        "privateIp": address.get("PrivateIpAddress"),
        "associationId": address.get("AssociationId"),
        "networkBorderGroup": address.get("NetworkBorderGroup"),
        "publicIpv4Pool": address.get("PublicIpv4Pool"),
        "tags": from_list(address.get("Tags")),
    }


EIP = ResourceType(
    token="aws:ec2/eip:Eip",
    create=lambda aws, inputs: str(aws.send(next(_address_request(inputs)))["AllocationId"]),
    left=_left_addresses,
    read=_read_address,
    update=nothing_in_place,
    delete=lambda aws, allocation_id, _: gone(aws, "ReleaseAddress", AllocationId=allocation_id),
    requests=_address_request,
    properties=frozenset({"domain"}),
    replaces=frozenset({"domain"}),
    computed=frozenset(
        {
            "allocationId",
            "arn",
            "publicIp",
            "publicDns",
            "privateIp",
            "associationId",
            "domain",
            "networkBorderGroup",
            "publicIpv4Pool",
        }
    ),
    retag=RETAG,
    open=("quota (5 addresses a region)", "association with an instance (not covered)"),
)


@rule(
    "connectivityType",
    what="a public NAT gateway needs an address, a private one takes none",
    source="BC:ec2/CreateNatGatewayRequest.AllocationId",
)
def _public_needs_address(inputs: Properties) -> str | None:
    public = inputs.get("connectivityType", "public") == "public"
    if public and "allocationId" not in inputs:
        return "MissingParameter: The request must include the AllocationId parameter."
    if not public and "allocationId" in inputs:
        return "InvalidParameterCombination: a private NAT gateway takes no AllocationId."
    return None


def _nat_request(inputs: Properties) -> Iterator[Request]:
    yield request("ec2", "CreateNatGateway", inputs, TagSpecifications=tagged("natgateway", inputs))


def _create_nat(aws: Aws, inputs: Properties) -> str:
    if one(aws, "DescribeSubnets", "Subnets", SubnetIds=[inputs["subnetId"]]) is None:
        text = f"The subnet ID '{inputs['subnetId']}' does not exist"
        raise AwsError("InvalidSubnetID.NotFound", text)
    nat_id = _left_nat(aws, inputs)
    if nat_id is None:
        nat_id = str(aws.send(next(_nat_request(inputs)))["NatGateway"]["NatGatewayId"])
    aws.wait(f"NAT gateway {nat_id}", lambda: _in_state(aws, nat_id, "available"))
    return nat_id


def _left_nat(aws: Aws, inputs: Properties) -> str | None:
    """What a create that crashed has left."""
    for state in ("available", "pending"):
        asked = filters(subnet_id=inputs["subnetId"], state=state)
        for left in aws.call("ec2", "DescribeNatGateways", Filter=asked)["NatGateways"]:
            address = (left.get("NatGatewayAddresses") or [{}])[0].get("AllocationId")
            if address == inputs.get("allocationId") and ours(from_list(left.get("Tags")), inputs):
                return str(left["NatGatewayId"])
    return None


def _in_state(aws: Aws, nat_id: str, state: str) -> bool | None:
    nat = one(aws, "DescribeNatGateways", "NatGateways", NatGatewayIds=[nat_id])
    if nat and nat["State"] == "failed":
        raise AwsError(nat.get("FailureCode", "Failed"), nat.get("FailureMessage", nat_id))
    return True if (nat["State"] if nat else "deleted") == state else None


def _read_nat(aws: Aws, nat_id: str, _inputs: Properties) -> Properties | None:
    nat = one(aws, "DescribeNatGateways", "NatGateways", NatGatewayIds=[nat_id])
    if nat is None or nat["State"] in ("deleted", "deleting"):
        return None
    address: dict[str, Any] = (nat.get("NatGatewayAddresses") or [{}])[0]
    return {
        "subnetId": nat["SubnetId"],
        "connectivityType": nat.get("ConnectivityType"),
        "allocationId": address.get("AllocationId"),
        "associationId": address.get("AssociationId"),
        "networkInterfaceId": address.get("NetworkInterfaceId"),
        "privateIp": address.get("PrivateIp"),
        "publicIp": address.get("PublicIp"),
        "tags": from_list(nat.get("Tags")),
    }


def _delete_nat(aws: Aws, nat_id: str, _outputs: Properties) -> None:
    gone(aws, "DeleteNatGateway", NatGatewayId=nat_id)
    aws.wait(f"the end of NAT gateway {nat_id}", lambda: _in_state(aws, nat_id, "deleted"))


NAT_GATEWAY = ResourceType(
    token="aws:ec2/natGateway:NatGateway",
    create=_create_nat,
    read=_read_nat,
    update=nothing_in_place,
    delete=_delete_nat,
    requests=_nat_request,
    properties=frozenset({"subnetId", "allocationId", "connectivityType"}),
    required=frozenset({"subnetId"}),
    replaces=frozenset({"subnetId", "allocationId", "connectivityType"}),
    computed=frozenset({"associationId", "networkInterfaceId", "privateIp", "publicIp"}),
    unique=("allocationId",),
    defaults={"connectivityType": "public"},
    retag=RETAG,
    rules=(_public_needs_address,),
    asks_aws=("the subnet exists",),
)
