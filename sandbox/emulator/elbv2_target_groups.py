"""Target groups: their health checks and their attributes."""

import re
from typing import Any

from ministack.services import ec2

from sandbox.emulator import elbv2_attributes, elbv2_targets
from sandbox.emulator.elbv2_records import (
    arn,
    forwards,
    group,
    groups,
    invalid,
    keep_tags,
    listeners,
    page,
    rules,
    tags,
    unique,
    users,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
_MATCHER = re.compile(r"[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*")
_CHECKED = (
    "HealthCheckProtocol",
    "HealthCheckPort",
    "HealthCheckEnabled",
    "HealthCheckPath",
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "Matcher",
)


def create(request: Record) -> Record:
    """CreateTargetGroup of type ip or instance, HTTP or HTTPS."""
    name, protocol = request["Name"], request.get("Protocol", "")
    _check_new(request)
    ident = arn(f"targetgroup/{name}/{unique()}")
    record = {
        "TargetGroupArn": ident,
        "TargetGroupName": name,
        "Protocol": protocol,
        "Port": request["Port"],
        "VpcId": request["VpcId"],
        "ProtocolVersion": request.get("ProtocolVersion", "HTTP1"),
        "TargetType": request.get("TargetType", "instance"),
        "IpAddressType": request.get("IpAddressType", "ipv4"),
        **_health_check(protocol, request),
        "_attributes": elbv2_attributes.defaults(elbv2_attributes.TARGET_GROUP),
    }
    same = next((g for g in groups.values() if g["TargetGroupName"] == name), None)
    if same is not None:
        return {"TargetGroups": [_seen(_repeated(same, record))]}
    _check_health(record)
    groups[ident] = record
    keep_tags(ident, request)
    return {"TargetGroups": [_seen(record)]}


def modify(request: Record) -> Record:
    """ModifyTargetGroup: the health check's settings that are given."""
    record = group(request["TargetGroupArn"])
    changed = {**record, **{n: request[n] for n in _CHECKED if n in request}}
    _check_health(changed)
    groups[record["TargetGroupArn"]] = changed
    return {"TargetGroups": [_seen(changed)]}


def describe(request: Record) -> Record:
    """DescribeTargetGroups by load balancer, by ARN, by name, or all."""
    arns, names = request.get("TargetGroupArns"), request.get("Names")
    balancer = request.get("LoadBalancerArn")
    found = [
        _seen(g)
        for g in groups.values()
        if (not arns or g["TargetGroupArn"] in arns)
        and (not names or g["TargetGroupName"] in names)
        and (not balancer or balancer in _balancers(g["TargetGroupArn"]))
    ]
    wanted = arns or names
    if wanted and len(found) < len(set(wanted)):
        raise Refusal("TargetGroupNotFound", "One or more target groups not found")
    return page(found, request, "TargetGroups")


def delete(request: Record) -> None:
    """DeleteTargetGroup; refused while a listener or a rule forwards to it."""
    name = request["TargetGroupArn"]
    if users(name):
        raise Refusal(
            "ResourceInUse", f"Target group '{name}' is currently in use by a listener or a rule"
        )
    groups.pop(name, None)
    tags.pop(name, None)
    elbv2_targets.forget(name)


def describe_attributes(request: Record) -> Record:
    """DescribeTargetGroupAttributes: all of them, defaults too."""
    return {"Attributes": elbv2_attributes.listed(group(request["TargetGroupArn"])["_attributes"])}


def modify_attributes(request: Record) -> Record:
    """ModifyTargetGroupAttributes: all of the call's or none."""
    record = group(request["TargetGroupArn"])
    table = elbv2_attributes.TARGET_GROUP
    changed = elbv2_attributes.changed(table, record["_attributes"], request)
    elbv2_attributes.check_combination(changed)
    record["_attributes"] = changed
    return {"Attributes": elbv2_attributes.listed(changed)}


def _check_new(request: Record) -> None:
    name, protocol = request["Name"], request.get("Protocol")
    if not _NAME.fullmatch(name):
        raise invalid(f"Target group name '{name}' is not valid: 1-32 letters, digits, hyphens")
    if protocol not in ("HTTP", "HTTPS"):
        raise invalid(f"the sandbox offers target groups of HTTP and HTTPS, not {protocol}")
    for member in ("Port", "VpcId"):
        if member not in request:
            raise invalid(f"A {member} must be specified")
    if request["VpcId"] not in ec2._vpcs:
        raise invalid(f"The VPC ID '{request['VpcId']}' is not found")


def _health_check(protocol: str, request: Record) -> Record:
    """The declared health check over AWS's defaults (CreateTargetGroupInput)."""
    return {
        "HealthCheckProtocol": protocol,
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckPath": "/",
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 6 if protocol == "HTTP" else 10,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
        **{n: request[n] for n in _CHECKED if n in request},
    }


def _check_health(record: Record) -> None:
    timeout, interval = record["HealthCheckTimeoutSeconds"], record["HealthCheckIntervalSeconds"]
    if timeout >= interval:
        raise invalid(
            f"Health check timeout ({timeout}) must be smaller than the interval ({interval})"
        )
    path, matcher = record["HealthCheckPath"], record["Matcher"].get("HttpCode", "")
    if not path.startswith("/"):
        raise invalid(f"Health check path '{path}' must begin with a '/' character")
    if not _MATCHER.fullmatch(matcher):
        raise invalid(f"Health check matcher HTTP code '{matcher}' must be within 200-499")
    if record["TargetType"] == "ip" and not record["HealthCheckEnabled"]:
        raise invalid("Health checks cannot be disabled for target groups with target type 'ip'")


def _repeated(same: Record, record: Record) -> Record:
    apart = ("TargetGroupArn", "_attributes")
    if any(same[n] != value for n, value in record.items() if n not in apart):
        raise Refusal(
            "DuplicateTargetGroupName",
            f"A target group with the same name '{record['TargetGroupName']}' exists,"
            " but with different settings",
        )
    return same


def _seen(record: Record) -> Record:
    return {**record, "LoadBalancerArns": _balancers(record["TargetGroupArn"])}


def _balancers(name: str) -> list[str]:
    """The load balancers that reach a target group through a listener or a rule."""
    direct = (
        x["LoadBalancerArn"] for x in listeners.values() if name in forwards(x["DefaultActions"])
    )
    ruled: Any = (
        listeners[r["_listener"]]["LoadBalancerArn"]
        for r in rules.values()
        if name in forwards(r["Actions"])
    )
    return sorted({*direct, *ruled})
