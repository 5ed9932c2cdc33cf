"""Application load balancers and their attributes."""

import re
import time
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2

from sandbox.emulator import elbv2_attributes
from sandbox.emulator.elbv2_records import (
    arn,
    balancer,
    balancers,
    invalid,
    keep_tags,
    listeners,
    page,
    rules,
    tags,
    unique,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_NAME = re.compile(r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")


def create(request: Record) -> Record:
    """CreateLoadBalancer; active at once, where AWS takes some minutes."""
    name, scheme = request["Name"], request.get("Scheme", "internet-facing")
    _check_kind(request)
    same = next((b for b in balancers.values() if b["LoadBalancerName"] == name), None)
    zones = _zones(
        [m["SubnetId"] for m in request.get("SubnetMappings", [])] or request.get("Subnets", [])
    )
    if same is not None:
        return {"LoadBalancers": [_repeated(same, scheme, zones)]}
    vpc = _subnet(zones[0]["SubnetId"])["VpcId"]
    ident = unique()
    record = {
        "LoadBalancerArn": arn(f"loadbalancer/app/{name}/{ident}"),
        "DNSName": _dns_name(name, scheme),
        "CanonicalHostedZoneId": "Z32O12XQLNTSW2",
        "CreatedTime": time.time(),
        "LoadBalancerName": name,
        "Scheme": scheme,
        "VpcId": vpc,
        "State": {"Code": "active"},
        "Type": "application",
        "AvailabilityZones": zones,
        "SecurityGroups": _groups(request.get("SecurityGroups", []), vpc),
        "IpAddressType": request.get("IpAddressType", "ipv4"),
        "_attributes": elbv2_attributes.defaults(elbv2_attributes.BALANCER),
    }
    balancers[record["LoadBalancerArn"]] = record
    keep_tags(record["LoadBalancerArn"], request)
    return {"LoadBalancers": [record]}


def describe(request: Record) -> Record:
    """DescribeLoadBalancers by ARN, by name, or all."""
    arns, names = request.get("LoadBalancerArns"), request.get("Names")
    found = [
        b
        for b in balancers.values()
        if (not arns or b["LoadBalancerArn"] in arns)
        and (not names or b["LoadBalancerName"] in names)
    ]
    wanted = arns or names
    if wanted and len(found) < len(set(wanted)):
        raise Refusal("LoadBalancerNotFound", "One or more load balancers not found")
    return page(found, request, "LoadBalancers")


def delete(request: Record) -> None:
    """DeleteLoadBalancer, with its listeners and rules; an unknown one is already gone."""
    name = request["LoadBalancerArn"]
    record = balancers.get(name)
    if record is None:
        return
    if record["_attributes"]["deletion_protection.enabled"] == "true":
        raise Refusal(
            "OperationNotPermitted",
            f"Load balancer '{name}' cannot be deleted because deletion protection is enabled",
        )
    for listener in [x for x in listeners.values() if x["LoadBalancerArn"] == name]:
        for rule in [r for r in rules.values() if r["_listener"] == listener["ListenerArn"]]:
            rules.pop(rule["RuleArn"])
        listeners.pop(listener["ListenerArn"])
    balancers.pop(name)
    tags.pop(name, None)


def describe_attributes(request: Record) -> Record:
    """DescribeLoadBalancerAttributes: all of them, defaults too."""
    record = balancer(request["LoadBalancerArn"])
    return {"Attributes": elbv2_attributes.listed(record["_attributes"])}


def modify_attributes(request: Record) -> Record:
    """ModifyLoadBalancerAttributes."""
    record = balancer(request["LoadBalancerArn"])
    changed = elbv2_attributes.changed(elbv2_attributes.BALANCER, record["_attributes"], request)
    if changed["access_logs.s3.enabled"] == "true" and not changed["access_logs.s3.bucket"]:
        raise invalid("access_logs.s3.bucket is required when access logs are enabled")
    record["_attributes"] = changed
    return {"Attributes": elbv2_attributes.listed(changed)}


def set_security_groups(request: Record) -> Record:
    """SetSecurityGroups."""
    record = balancer(request["LoadBalancerArn"])
    record["SecurityGroups"] = _groups(request["SecurityGroups"], record["VpcId"])
    return {"SecurityGroupIds": record["SecurityGroups"]}


def set_subnets(request: Record) -> Record:
    """SetSubnets."""
    record = balancer(request["LoadBalancerArn"])
    record["AvailabilityZones"] = _zones(request.get("Subnets", []))
    return {"AvailabilityZones": record["AvailabilityZones"]}


def set_ip_address_type(request: Record) -> Record:
    """SetIpAddressType."""
    record = balancer(request["LoadBalancerArn"])
    record["IpAddressType"] = request["IpAddressType"]
    return {"IpAddressType": record["IpAddressType"]}


def _check_kind(request: Record) -> None:
    name = request["Name"]
    if request.get("Type", "application") != "application":
        raise invalid("the sandbox offers load balancers of type application only")
    if not _NAME.fullmatch(name):
        raise invalid(
            f"The load balancer name '{name}' is not valid: 1-32 letters, digits, hyphens"
        )


def _repeated(same: Record, scheme: str, zones: list[Record]) -> Record:
    """AWS answers a repeated create with the balancer that is there, if it is alike."""
    if (same["Scheme"], same["AvailabilityZones"]) != (scheme, zones):
        raise Refusal(
            "DuplicateLoadBalancerName",
            f"A load balancer with the same name '{same['LoadBalancerName']}' exists,"
            " but with different settings",
        )
    return same


def _dns_name(name: str, scheme: str) -> str:
    prefix = "internal-" if scheme == "internal" else ""
    return f"{prefix}{name}-{int(unique(), 16) % 10**10}.{get_region()}.elb.amazonaws.com"


def _subnet(name: str) -> Any:
    record = ec2._subnets.get(name)
    if record is None:
        raise Refusal("SubnetNotFound", f"The subnet ID '{name}' is not valid")
    return record


def _zones(subnets: list[str]) -> list[Record]:
    zones = [{"ZoneName": _subnet(s)["AvailabilityZone"], "SubnetId": s} for s in subnets]
    names = [zone["ZoneName"] for zone in zones]
    if len(set(names)) < 2:
        message = "At least two subnets in two different Availability Zones must be specified"
        raise invalid(message)
    if len(set(names)) < len(names):
        raise Refusal(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if len({_subnet(s)["VpcId"] for s in subnets}) > 1:
        raise Refusal("InvalidConfigurationRequest", "All subnets must be in the same VPC")
    return [{**zone, "LoadBalancerAddresses": []} for zone in zones]


def _groups(groups: list[str], vpc: str) -> list[str]:
    for name in groups:
        if (ec2._security_groups.get(name) or {}).get("VpcId") != vpc:
            raise Refusal(
                "InvalidSecurityGroup", f"Security group '{name}' does not exist in VPC '{vpc}'"
            )
    if groups:
        return list(groups)
    default = (g for g in ec2._security_groups.values() if g["VpcId"] == vpc)
    return [g["GroupId"] for g in default if g["GroupName"] == "default"]
