"""EC2: internet gateways."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ec2.calls import RETAG, arn, gone, one, tagged
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.tags import from_list, ours
from sandbox.provider.values import Properties


def _create_gateway(aws: Aws, inputs: Properties) -> str:
    vpc_id = inputs.get("vpcId")
    if vpc_id:
        attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
        found = one(aws, "DescribeInternetGateways", "InternetGateways", Filters=attached)
        if found and ours(from_list(found.get("Tags")), inputs):
            return str(found["InternetGatewayId"])  # left by a create that crashed
        if found:
            text = f"resource {vpc_id} is already associated with {found['InternetGatewayId']}"
            raise AwsError("Resource.AlreadyAssociated", text)
    answer = aws.call(
        "ec2", "CreateInternetGateway", TagSpecifications=tagged("internet-gateway", inputs)
    )
    gateway_id = str(answer["InternetGateway"]["InternetGatewayId"])
    _update_gateway(aws, gateway_id, {}, inputs)
    return gateway_id


def _left_gateways(aws: Aws, _inputs: Properties) -> Iterator[str]:
    """Those without a VPC: a create was killed before it attached one."""
    for gateway in aws.call("ec2", "DescribeInternetGateways")["InternetGateways"]:
        if not gateway.get("Attachments"):
            yield str(gateway["InternetGatewayId"])


def _update_gateway(aws: Aws, gateway_id: str, old: Properties, new: Properties) -> None:
    before, after = old.get("vpcId"), new.get("vpcId")
    if before == after:
        return
    if before:
        gone(aws, "DetachInternetGateway", InternetGatewayId=gateway_id, VpcId=before)
    if after:
        aws.call("ec2", "AttachInternetGateway", InternetGatewayId=gateway_id, VpcId=after)


def _read_gateway(aws: Aws, gateway_id: str, _inputs: Properties) -> Properties | None:
    gateway = one(
        aws, "DescribeInternetGateways", "InternetGateways", InternetGatewayIds=[gateway_id]
    )
    if gateway is None:
        return None
    attachments = gateway.get("Attachments") or [{}]
    return {
        "vpcId": attachments[0].get("VpcId"),
        "arn": arn(aws, "internet-gateway", gateway_id),
        "ownerId": gateway.get("OwnerId"),
        "tags": from_list(gateway.get("Tags")),
    }


def _delete_gateway(aws: Aws, gateway_id: str, _outputs: Properties) -> None:
    state = _read_gateway(aws, gateway_id, {})
    if state is not None:
        _update_gateway(aws, gateway_id, state, {})
        gone(aws, "DeleteInternetGateway", InternetGatewayId=gateway_id)


INTERNET_GATEWAY = ResourceType(
    token="aws:ec2/internetGateway:InternetGateway",
    create=_create_gateway,
    left=_left_gateways,
    read=_read_gateway,
    update=_update_gateway,
    delete=_delete_gateway,
    properties=frozenset({"vpcId"}),
    computed=frozenset({"arn", "ownerId"}),
    unique=("vpcId",),
    retag=RETAG,
    asks_aws=("one gateway a VPC",),
)
