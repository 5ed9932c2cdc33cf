"""EC2: VPC endpoints."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.ec2.calls import RETAG, arn, filters, one, tagged
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.tags import from_list
from sandbox.provider.values import Properties


@rule(
    "vpcEndpointType",
    "privateDnsEnabled",
    what="a gateway endpoint takes route tables, an interface endpoint subnets and groups",
    source="BC:ec2/CreateVpcEndpointRequest",
)
def _belongs_to_type(inputs: Properties) -> str | None:
    kind = inputs.get("vpcEndpointType", "Gateway")
    wrong = {
        "Gateway": ("subnetIds", "securityGroupIds", "privateDnsEnabled"),
        "Interface": ("routeTableIds",),
    }.get(kind, ())
    given = [name for name in wrong if inputs.get(name)]
    if given:
        return f"InvalidParameter: an endpoint of type {kind} takes no {', '.join(given)}."
    return None


@rule(
    "serviceName",
    what="a service name com.amazonaws.<region>.<service>",
    source="BC:ec2/CreateVpcEndpointRequest.ServiceName",
)
def _service_name(inputs: Properties) -> str | None:
    name = str(inputs["serviceName"])
    if len(name.split(".")) < 4 or not name.startswith(("com.amazonaws.", "aws.", "cn.com.")):
        return f"InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist"
    return None


def _endpoint_request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "ec2", "CreateVpcEndpoint", {**inputs, "policy": None},
        PolicyDocument=inputs.get("policy"), TagSpecifications=tagged("vpc-endpoint", inputs),
    )  # fmt: skip


def _create_endpoint(aws: Aws, inputs: Properties) -> str:
    answer = aws.send(next(_endpoint_request(inputs)))
    endpoint_id = str(answer["VpcEndpoint"]["VpcEndpointId"])
    _wait_until_available(aws, endpoint_id)
    return endpoint_id


def _wait_until_available(aws: Aws, endpoint_id: str) -> None:
    def available() -> bool | None:
        found = one(aws, "DescribeVpcEndpoints", "VpcEndpoints", VpcEndpointIds=[endpoint_id])
        return True if found and found["State"].lower() == "available" else None

    aws.wait(f"endpoint {endpoint_id}", available)


def _left_endpoints(aws: Aws, inputs: Properties) -> Iterator[str]:
    inside = filters(vpc_id=inputs["vpcId"], service_name=inputs["serviceName"])
    for endpoint in aws.call("ec2", "DescribeVpcEndpoints", Filters=inside)["VpcEndpoints"]:
        if endpoint["State"].lower() in ("pending", "available"):
            _wait_until_available(aws, endpoint["VpcEndpointId"])
            yield str(endpoint["VpcEndpointId"])


_LISTS = {
    "routeTableIds": "RouteTableIds",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
}


def _update_endpoint(aws: Aws, endpoint_id: str, old: Properties, new: Properties) -> None:
    changes: dict[str, Any] = {}
    for name, member in _LISTS.items():
        before, after = old.get(name) or [], new.get(name) or []
        changes[f"Add{member}"] = [item for item in after if item not in before] or None
        changes[f"Remove{member}"] = [item for item in before if item not in after] or None
    if old.get("privateDnsEnabled") != new.get("privateDnsEnabled"):
        changes["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
    if old.get("policy") != new.get("policy"):
        changes["PolicyDocument"] = new.get("policy")
        changes["ResetPolicy"] = True if "policy" not in new else None
    if any(value is not None for value in changes.values()):
        aws.call("ec2", "ModifyVpcEndpoint", VpcEndpointId=endpoint_id, **changes)


def _read_endpoint(aws: Aws, endpoint_id: str, _inputs: Properties) -> Properties | None:
    endpoint = one(aws, "DescribeVpcEndpoints", "VpcEndpoints", VpcEndpointIds=[endpoint_id])
    if endpoint is None or endpoint["State"].lower() in ("deleted", "deleting"):
        return None
    return {
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "vpcEndpointType": endpoint.get("VpcEndpointType"),
        "routeTableIds": endpoint.get("RouteTableIds"),
        "subnetIds": endpoint.get("SubnetIds"),
        "securityGroupIds": [group["GroupId"] for group in endpoint.get("Groups") or []],
        "privateDnsEnabled": endpoint.get("PrivateDnsEnabled"),
        "policy": endpoint.get("PolicyDocument"),
        "networkInterfaceIds": endpoint.get("NetworkInterfaceIds"),
        "state": endpoint["State"].lower(),
        "ownerId": endpoint.get("OwnerId"),
        "arn": arn(aws, "vpc-endpoint", endpoint_id),
        "tags": from_list(endpoint.get("Tags")),
    }


def _delete_endpoint(aws: Aws, endpoint_id: str, _outputs: Properties) -> None:
    aws.call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[endpoint_id])
    aws.wait(
        f"the end of endpoint {endpoint_id}",
        lambda: True if _read_endpoint(aws, endpoint_id, {}) is None else None,
    )


VPC_ENDPOINT = ResourceType(
    token="aws:ec2/vpcEndpoint:VpcEndpoint",
    create=_create_endpoint,
    left=_left_endpoints,
    read=_read_endpoint,
    update=_update_endpoint,
    delete=_delete_endpoint,
    requests=_endpoint_request,
    properties=frozenset(
        {"vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled", "policy", *_LISTS}
    ),
    required=frozenset({"vpcId", "serviceName"}),
    replaces=frozenset({"vpcId", "serviceName", "vpcEndpointType"}),
    computed=frozenset({"networkInterfaceIds", "state", "ownerId", "arn", "policy"}),
    sets=frozenset(_LISTS),
    defaults={"vpcEndpointType": "Gateway", "privateDnsEnabled": False},
    retag=RETAG,
    rules=(_belongs_to_type, _service_name),
    open=("whether the service exists in the region",),
)
