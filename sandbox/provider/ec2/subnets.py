"""EC2: subnets."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ec2.blocks import block_size, network
from sandbox.provider.ec2.calls import RETAG, arn, filters, gone, one, tagged
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.tags import from_list, ours
from sandbox.provider.values import Properties


def _subnet_request(inputs: Properties) -> Iterator[Request]:
    yield request("ec2", "CreateSubnet", inputs, TagSpecifications=tagged("subnet", inputs))


def _create_subnet(aws: Aws, inputs: Properties) -> str:
    vpc = one(aws, "DescribeVpcs", "Vpcs", VpcIds=[inputs["vpcId"]])
    if vpc is None:
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{inputs['vpcId']}' does not exist")
    block = network(inputs["cidrBlock"])
    outer = network(vpc["CidrBlock"])
    if block and outer and not block.subnet_of(outer):
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
    inside = filters(vpc_id=inputs["vpcId"])
    for subnet in aws.call("ec2", "DescribeSubnets", Filters=inside)["Subnets"]:
        other = network(subnet["CidrBlock"])
        if not block or not other or not block.overlaps(other):
            continue
        if block == other and ours(from_list(subnet.get("Tags")), inputs):
            # Left by a create that crashed, perhaps before its attributes were set.
            _update_subnet(aws, subnet["SubnetId"], {}, inputs)
            return str(subnet["SubnetId"])
        raise AwsError(
            "InvalidSubnet.Conflict", f"The CIDR '{block}' conflicts with another subnet"
        )
    _refuse_unknown_zone(aws, inputs)
    subnet_id = str(aws.send(next(_subnet_request(inputs)))["Subnet"]["SubnetId"])
    _update_subnet(aws, subnet_id, {}, inputs)
    return subnet_id


def _refuse_unknown_zone(aws: Aws, inputs: Properties) -> None:
    zone = inputs.get("availabilityZone")
    zones = [
        z["ZoneName"] for z in aws.call("ec2", "DescribeAvailabilityZones")["AvailabilityZones"]
    ]
    if zone and zone not in zones:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently "
            f"only be created in the following availability zones: {', '.join(zones)}.",
        )


def _update_subnet(aws: Aws, subnet_id: str, old: Properties, new: Properties) -> None:
    value = bool(new.get("mapPublicIpOnLaunch", False))
    if value != bool(old.get("mapPublicIpOnLaunch", False)):
        wanted = {"Value": value}
        aws.call("ec2", "ModifySubnetAttribute", SubnetId=subnet_id, MapPublicIpOnLaunch=wanted)


def _read_subnet(aws: Aws, subnet_id: str, _inputs: Properties) -> Properties | None:
    subnet = one(aws, "DescribeSubnets", "Subnets", SubnetIds=[subnet_id])
    if subnet is None:
        return None
    return {
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet.get("AvailabilityZoneId"),
        "mapPublicIpOnLaunch": subnet.get("MapPublicIpOnLaunch"),
        "arn": arn(aws, "subnet", subnet_id),
        "ownerId": subnet.get("OwnerId"),
        "tags": from_list(subnet.get("Tags")),
    }


SUBNET = ResourceType(
    token="aws:ec2/subnet:Subnet",
    create=_create_subnet,
    read=_read_subnet,
    update=_update_subnet,
    delete=lambda aws, subnet_id, _: gone(aws, "DeleteSubnet", SubnetId=subnet_id),
    requests=_subnet_request,
    properties=frozenset(
        {"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "mapPublicIpOnLaunch"}
    ),
    required=frozenset({"vpcId", "cidrBlock"}),
    replaces=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"}),
    computed=frozenset({"arn", "ownerId", "availabilityZone", "availabilityZoneId"}),
    unique=("vpcId", "cidrBlock"),
    defaults={"mapPublicIpOnLaunch": False},
    retag=RETAG,
    rules=(block_size,),
    asks_aws=("block inside the VPC's", "block free of other subnets'", "the zone exists"),
)
