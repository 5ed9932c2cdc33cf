"""One resource of every type that the sandbox's provider has, with a change in place for each.

`Ref` stands for an output of an earlier case; `resolved` fills it in.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

REGION = "eu-west-1"
TAGS = {"Project": "evenkeel", "Stage": "test"}
CERTIFICATE = f"arn:aws:acm:{REGION}:111122223333:certificate/12345678-1234-1234-1234-123456789012"


@dataclass(frozen=True)
class Ref:
    """Output *property* of the case *case*; `id` is the resource's id."""

    case: str
    property: str = "arn"


@dataclass(frozen=True)
class Case:
    """*inputs* of a resource; *change* is what an update in place alters, None to remove."""

    name: str
    token: str
    inputs: Mapping[str, Any]
    change: Mapping[str, Any] = field(default_factory=dict)
    adopts: bool = True  # a create that is repeated after a crash finds what it made


def resolved(value: Any, look: Callable[[Ref], Any]) -> Any:
    """*value* with every reference replaced by what *look* says."""
    if isinstance(value, Ref):
        return look(value)
    if isinstance(value, Mapping):
        return {key: resolved(item, look) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, look) for item in value]
    return value


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str = "ecs-tasks") -> str:
    """Who may assume a role."""
    principal = {"Service": f"{service}.amazonaws.com"}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def grant(action: str = "logs:PutLogEvents") -> str:
    """What a role may do."""
    return document({"Effect": "Allow", "Action": [action], "Resource": "*"})


def container(**changes: Any) -> dict[str, Any]:
    """A container definition that Fargate takes."""
    return {
        "name": "service",
        "image": "registry.example.com/web:1",
        "essential": True,
        "portMappings": [{"containerPort": 3000}],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "stopTimeout": 30,
        **changes,
    }


def network_cases() -> Iterator[Case]:
    """The network."""
    vpc, table = Ref("vpc", "id"), Ref("table", "id")
    yield Case(
        "vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True},
        {"enableDnsHostnames": False, "tags": {"Name": "renamed"}}, adopts=False,
    )  # fmt: skip
    for number, zone in enumerate("ab"):
        yield Case(
            f"subnet-{zone}", "aws:ec2/subnet:Subnet",
            {"vpcId": vpc, "cidrBlock": f"10.9.{number}.0/24", "availabilityZone": REGION + zone},
            {"mapPublicIpOnLaunch": True},
        )  # fmt: skip
    yield Case("gateway", "aws:ec2/internetGateway:InternetGateway", {"vpcId": vpc},
               {"tags": {"Name": "out"}})  # fmt: skip
    yield Case("table", "aws:ec2/routeTable:RouteTable", {"vpcId": vpc},
               {"tags": {"Name": "public"}}, adopts=False)  # fmt: skip
    out = {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0"}
    yield Case("route", "aws:ec2/route:Route", {**out, "gatewayId": Ref("gateway", "id")})
    yield Case("association", "aws:ec2/routeTableAssociation:RouteTableAssociation",
               {"subnetId": Ref("subnet-a", "id"), "routeTableId": table})  # fmt: skip
    yield Case("address", "aws:ec2/eip:Eip", {"domain": "vpc"}, {"tags": {"Name": "nat"}},
               adopts=False)  # fmt: skip
    yield Case(
        "nat", "aws:ec2/natGateway:NatGateway",
        {"subnetId": Ref("subnet-a", "id"), "allocationId": Ref("address", "allocationId")},
        {"tags": {"Name": "nat"}},
    )  # fmt: skip
    yield Case(
        "endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcId": vpc, "serviceName": f"com.amazonaws.{REGION}.s3", "routeTableIds": [table]},
        {"routeTableIds": []}, adopts=False,
    )  # fmt: skip
    yield Case(
        "interface", "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcId": vpc, "serviceName": f"com.amazonaws.{REGION}.logs",
         "vpcEndpointType": "Interface", "subnetIds": [Ref("subnet-b", "id")],
         "securityGroupIds": [Ref("group", "id")], "privateDnsEnabled": True},
        {"subnetIds": [Ref("subnet-a", "id"), Ref("subnet-b", "id")]}, adopts=False,
    )  # fmt: skip


def group_cases() -> Iterator[Case]:
    """Security groups."""
    yield Case("group", "aws:ec2/securityGroup:SecurityGroup",
               {"vpcId": Ref("vpc", "id"), "description": "tasks"},
               {"tags": {"Name": "tasks"}})  # fmt: skip
    tcp = {"securityGroupId": Ref("group", "id"), "ipProtocol": "tcp"}
    yield Case(
        "ingress", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {**tcp, "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0", "description": "anyone"},
        {"toPort": 444},
    )  # fmt: skip
    yield Case(
        "egress", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {**tcp, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}, {"cidrIpv4": "10.0.0.0/9"},
    )  # fmt: skip


def storage_cases() -> Iterator[Case]:
    """A bucket and its settings."""
    name = "evenkeel-test-access-logs"
    bucket = {"bucket": Ref("bucket", "id")}
    yield Case("bucket", "aws:s3/bucket:Bucket", {"bucket": name, "forceDestroy": True},
               {"tags": {"Name": "logs"}})  # fmt: skip
    elb = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    objects = f"arn:aws:s3:::{name}/*"
    write = {"Effect": "Allow", "Principal": elb, "Action": "s3:PutObject", "Resource": objects}
    more = {**write, "Action": ["s3:PutObject", "s3:GetObject"]}
    yield Case("bucket-policy", "aws:s3/bucketPolicy:BucketPolicy",
               {**bucket, "policy": document(write)},
               {"policy": document(more)})  # fmt: skip
    yield Case("block", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
               {**bucket, "blockPublicAcls": True, "blockPublicPolicy": True},
               {"restrictPublicBuckets": True})  # fmt: skip
    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    yield Case("encryption", kind, {**bucket, "rules": [default]},
               {"rules": [{**default, "bucketKeyEnabled": True}]})  # fmt: skip
    expire = {"id": "expire", "status": "Enabled", "filter": {"prefix": ""}}
    yield Case("lifecycle", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
               {**bucket, "rules": [{**expire, "expiration": {"days": 30}}]},
               {"rules": [{**expire, "expiration": {"days": 90}}]})  # fmt: skip
