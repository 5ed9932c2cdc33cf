"""EC2: route tables, their routes and subnets."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ec2.blocks import network
from sandbox.provider.ec2.calls import RETAG, arn, filters, gone, one, tagged
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, nothing_in_place, rule
from sandbox.provider.tags import from_list
from sandbox.provider.values import Properties


def _table_request(inputs: Properties) -> Iterator[Request]:
    tags = tagged("route-table", inputs)
    yield request("ec2", "CreateRouteTable", inputs, TagSpecifications=tags)


def _left_tables(aws: Aws, inputs: Properties) -> Iterator[str]:
    inside = filters(vpc_id=inputs["vpcId"])
    for table in aws.call("ec2", "DescribeRouteTables", Filters=inside)["RouteTables"]:
        yield str(table["RouteTableId"])


def _read_table(aws: Aws, table_id: str, _inputs: Properties) -> Properties | None:
    table = one(aws, "DescribeRouteTables", "RouteTables", RouteTableIds=[table_id])
    if table is None:
        return None
    return {
        "vpcId": table["VpcId"],
        "arn": arn(aws, "route-table", table_id),
        "ownerId": table.get("OwnerId"),
        "tags": from_list(table.get("Tags")),
    }


ROUTE_TABLE = ResourceType(
    token="aws:ec2/routeTable:RouteTable",
    create=lambda aws, inputs: str(
        aws.send(next(_table_request(inputs)))["RouteTable"]["RouteTableId"]
    ),
    left=_left_tables,
    read=_read_table,
    update=nothing_in_place,
    delete=lambda aws, table_id, _: gone(aws, "DeleteRouteTable", RouteTableId=table_id),
    requests=_table_request,
    properties=frozenset({"vpcId"}),
    required=frozenset({"vpcId"}),
    replaces=frozenset({"vpcId"}),
    computed=frozenset({"arn", "ownerId"}),
    retag=RETAG,
)


_TARGETS = ("gatewayId", "natGatewayId", "vpcEndpointId", "networkInterfaceId", "transitGatewayId")


@rule(
    "destinationCidrBlock",
    *_TARGETS,
    what="a valid destination and exactly one target",
    source="BC:ec2/CreateRouteRequest",
)
def _one_target(inputs: Properties) -> str | None:
    destination = inputs["destinationCidrBlock"]
    if network(destination) is None:
        return (
            f"InvalidParameterValue: Value ({destination}) for parameter destinationCidrBlock is "
            "invalid. This is not a valid CIDR block."
        )
    given = [name for name in _TARGETS if inputs.get(name)]
    if len(given) != 1:
        count = ", ".join(given) or "none"
        return f"InvalidParameterCombination: a route has exactly one target; given: {count}"
    return None


def _route_request(inputs: Properties) -> Iterator[Request]:
    yield request("ec2", "CreateRoute", inputs)


def _route(aws: Aws, table_id: str, destination: str) -> dict[str, Any] | None:
    table = one(aws, "DescribeRouteTables", "RouteTables", RouteTableIds=[table_id])
    routes = (table or {}).get("Routes", [])
    return next((r for r in routes if r.get("DestinationCidrBlock") == destination), None)


def _create_route(aws: Aws, inputs: Properties) -> str:
    table_id, destination = inputs["routeTableId"], inputs["destinationCidrBlock"]
    route_id = f"{table_id}_{destination}"
    found = _route(aws, table_id, destination)
    if found:
        actual = _target(found)
        if all(actual.get(name) == inputs.get(name) for name in _TARGETS):
            return route_id  # left by a create that crashed
        text = f"The route identified by {destination} already exists."
        raise AwsError("RouteAlreadyExists", text)
    aws.send(next(_route_request(inputs)))
    return route_id


def _target(route: dict[str, Any]) -> Properties:
    return {name: route.get(name[0].upper() + name[1:]) for name in _TARGETS}


def _read_route(aws: Aws, route_id: str, _inputs: Properties) -> Properties | None:
    table_id, destination = route_id.split("_", 1)
    route = _route(aws, table_id, destination)
    if route is None:
        return None
    return {
        "routeTableId": table_id,
        "destinationCidrBlock": destination,
        **_target(route),
        "origin": route.get("Origin"),
        "state": route.get("State"),
    }


def _replace_route(aws: Aws, _route_id: str, _old: Properties, new: Properties) -> None:
    aws.carry("ec2", "ReplaceRoute", new)


def _delete_route(aws: Aws, route_id: str, _outputs: Properties) -> None:
    table_id, destination = route_id.split("_", 1)
    if _route(aws, table_id, destination):
        gone(aws, "DeleteRoute", RouteTableId=table_id, DestinationCidrBlock=destination)


ROUTE = ResourceType(
    token="aws:ec2/route:Route",
    create=_create_route,
    read=_read_route,
    update=_replace_route,
    delete=_delete_route,
    requests=_route_request,
    properties=frozenset({"routeTableId", "destinationCidrBlock", *_TARGETS}),
    required=frozenset({"routeTableId", "destinationCidrBlock"}),
    replaces=frozenset({"routeTableId", "destinationCidrBlock"}),
    computed=frozenset({"origin", "state"}),
    unique=("routeTableId", "destinationCidrBlock"),
    rules=(_one_target,),
    asks_aws=("one route a destination",),
    open=("IPv6 destinations and prefix lists (not covered)",),
)


def _association_request(inputs: Properties) -> Iterator[Request]:
    yield request("ec2", "AssociateRouteTable", inputs)


def _create_association(aws: Aws, inputs: Properties) -> str:
    found = _association(aws, "subnet-id", inputs["subnetId"])
    if found and found["RouteTableId"] == inputs["routeTableId"]:
        return str(found["RouteTableAssociationId"])  # left by a create that crashed
    if found:
        text = (
            f"the specified association for route table {inputs['routeTableId']} conflicts with "
            "an existing association"
        )
        raise AwsError("Resource.AlreadyAssociated", text)
    return str(aws.send(next(_association_request(inputs)))["AssociationId"])


def _association(aws: Aws, name: str, value: str) -> dict[str, Any] | None:
    asked = filters(**{f"association.{name}".replace("-", "_"): value})
    table = one(aws, "DescribeRouteTables", "RouteTables", Filters=asked)
    key = {"subnet-id": "SubnetId"}.get(name, "RouteTableAssociationId")
    associations = (table or {}).get("Associations", [])
    return next((a for a in associations if a.get(key) == value), None)


def _read_association(aws: Aws, association_id: str, _inputs: Properties) -> Properties | None:
    found = _association(aws, "route-table-association-id", association_id)
    if found is None:
        return None
    return {"subnetId": found.get("SubnetId"), "routeTableId": found["RouteTableId"]}


ROUTE_TABLE_ASSOCIATION = ResourceType(
    token="aws:ec2/routeTableAssociation:RouteTableAssociation",
    create=_create_association,
    read=_read_association,
    delete=lambda aws, association_id, _: gone(
        aws, "DisassociateRouteTable", AssociationId=association_id
    ),
    requests=_association_request,
    properties=frozenset({"subnetId", "routeTableId"}),
    required=frozenset({"subnetId", "routeTableId"}),
    unique=("subnetId",),
    asks_aws=("one route table a subnet",),
)
