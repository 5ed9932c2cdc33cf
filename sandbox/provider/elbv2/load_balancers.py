"""Elastic Load Balancing: application load balancers."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.elbv2 import attributes
from sandbox.provider.elbv2.calls import MISSING, RETAG, tags_of
from sandbox.provider.elbv2.load_balancer_limits import RULES
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType
from sandbox.provider.tags import as_list, ours
from sandbox.provider.values import Properties


def _request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "elbv2", "CreateLoadBalancer", inputs,
        Scheme="internal" if inputs.get("internal") else "internet-facing",
        Type=inputs.get("loadBalancerType"), Tags=as_list(inputs),
    )  # fmt: skip
    wanted = attributes.wire({}, inputs, attributes.BALANCER)
    yield Request(
        "elbv2", "ModifyLoadBalancerAttributes", {"LoadBalancerArn": "", "Attributes": wanted}
    )


def _create(aws: Aws, inputs: Properties) -> str:
    found = aws.found("elbv2", "DescribeLoadBalancers", MISSING, Names=[inputs["name"]])
    if found and found["LoadBalancers"]:
        arn = str(found["LoadBalancers"][0]["LoadBalancerArn"])
        if not ours(tags_of(aws, arn), inputs):
            text = f"A load balancer with the same name '{inputs['name']}' exists"
            raise AwsError("DuplicateLoadBalancerName", text)
    else:
        _refuse_one_zone(aws, inputs["subnets"])
        created = aws.send(next(_request(inputs)))["LoadBalancers"][0]
        arn = str(created["LoadBalancerArn"])
    try:
        _set_attributes(aws, arn, {}, inputs)
    except AwsError:
        aws.call("elbv2", "DeleteLoadBalancer", LoadBalancerArn=arn)
        raise
    aws.wait(f"load balancer {inputs['name']}", lambda: _active(aws, arn))
    return arn


def _refuse_one_zone(aws: Aws, subnets: list[str]) -> None:
    found = aws.call("ec2", "DescribeSubnets", SubnetIds=subnets)["Subnets"]
    if len({subnet["AvailabilityZone"] for subnet in found}) < 2:
        text = "At least two subnets in two different Availability Zones must be specified"
        raise AwsError("ValidationError", text)


def _active(aws: Aws, arn: str) -> bool | None:
    balancer = _balancer(aws, arn)
    if balancer is None or balancer["State"]["Code"] == "failed":
        raise AwsError("LoadBalancerFailed", f"{arn} did not become active")
    return True if balancer["State"]["Code"] in ("active", "active_impaired") else None


def _balancer(aws: Aws, arn: str) -> dict[str, Any] | None:
    found = aws.found("elbv2", "DescribeLoadBalancers", MISSING, LoadBalancerArns=[arn])
    balancers = (found or {}).get("LoadBalancers") or []
    return balancers[0] if balancers else None


def _set_attributes(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    changes = attributes.wire(old, new, attributes.BALANCER)
    if changes:
        aws.call("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=changes)


def _update(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    if set(old.get("subnets") or []) != set(new["subnets"]):
        _refuse_one_zone(aws, new["subnets"])
        aws.call("elbv2", "SetSubnets", LoadBalancerArn=arn, Subnets=new["subnets"])
    groups = new.get("securityGroups")
    if groups and set(old.get("securityGroups") or []) != set(groups):
        aws.call("elbv2", "SetSecurityGroups", LoadBalancerArn=arn, SecurityGroups=groups)
    address = new.get("ipAddressType", "ipv4")
    if old.get("ipAddressType", "ipv4") != address:
        aws.call("elbv2", "SetIpAddressType", LoadBalancerArn=arn, IpAddressType=address)
    _set_attributes(aws, arn, old, new)


def _read(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    balancer = _balancer(aws, arn)
    if balancer is None:
        return None
    return {
        "name": balancer["LoadBalancerName"],
        "internal": balancer["Scheme"] == "internal",
        "loadBalancerType": balancer["Type"],
        "subnets": [zone["SubnetId"] for zone in balancer["AvailabilityZones"]],
        "securityGroups": balancer.get("SecurityGroups", []),
        "ipAddressType": balancer.get("IpAddressType"),
        "arn": arn,
        "arnSuffix": arn.split(":loadbalancer/", 1)[1],
        "dnsName": balancer["DNSName"],
        "zoneId": balancer.get("CanonicalHostedZoneId"),
        "vpcId": balancer.get("VpcId"),
        **attributes.read(
            aws, "DescribeLoadBalancerAttributes", attributes.BALANCER, LoadBalancerArn=arn
        ),
        "tags": tags_of(aws, arn),
    }


def _delete(aws: Aws, arn: str, _outputs: Properties) -> None:
    if _balancer(aws, arn) is None:
        return
    settings = attributes.read(
        aws, "DescribeLoadBalancerAttributes", attributes.BALANCER, LoadBalancerArn=arn
    )
    if settings.get("enableDeletionProtection"):
        text = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", text)
    aws.call("elbv2", "DeleteLoadBalancer", LoadBalancerArn=arn)


LOAD_BALANCER = ResourceType(
    token="aws:lb/loadBalancer:LoadBalancer",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    requests=_request,
    properties=frozenset(
        {"name", "internal", "loadBalancerType", "subnets", "securityGroups", "ipAddressType"}
        | {path.split(".")[0] for path in attributes.BALANCER}
    ),
    required=frozenset({"subnets"}),
    replaces=frozenset({"name", "internal", "loadBalancerType"}),
    computed=frozenset(
        {
            "arn",
            "arnSuffix",
            "dnsName",
            "zoneId",
            "vpcId",
            "ipAddressType",
            "securityGroups",
            "accessLogs",
        }
    ),
    name=Name(32),
    unique=("name",),
    sets=frozenset({"subnets", "securityGroups"}),
    defaults={
        "internal": False,
        "loadBalancerType": "application",
        **{path: default for path, (_, default) in attributes.BALANCER.items() if "." not in path},
    },
    retag=RETAG,
    rules=RULES,
    asks_aws=("subnets in two zones", "the name is free", "deletion protection is off at deletion"),
    open=("that the log bucket's policy lets the load balancer write", "free addresses in subnets"),
)
