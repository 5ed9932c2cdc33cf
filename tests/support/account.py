"""What AWS would answer for a recorded program: lookups, and the values it computes itself."""

from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"
SUFFIX = "50dc6c495c0c9188"
"""Stands for the hexadecimal part that AWS appends to the names of balancers and target groups."""

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"


def answer(token: str, region: str) -> dict[str, Any]:
    """The answer to an invoke. Raises AssertionError for one that the program does not need."""
    if token == "aws:index/getCallerIdentity:getCallerIdentity":
        user = f"arn:aws:iam::{ACCOUNT}:user/deploy"
        return {"accountId": ACCOUNT, "arn": user, "userId": "AIDAEXAMPLE", "id": ACCOUNT}
    if token == "aws:index/getAvailabilityZones:getAvailabilityZones":
        names = [f"{region}{letter}" for letter in "abc"]
        zone_ids = [f"zone-az{number}" for number in (1, 2, 3)]
        return {"names": names, "zoneIds": zone_ids, "groupNames": [region], "id": region}
    if token == "aws:ssm/getParametersByPath:getParametersByPath":
        none: list[str] = []
        return dict.fromkeys(("arns", "names", "types", "values"), none) | {"id": "/", "path": "/"}
    raise AssertionError(f"unexpected lookup: {token}")


def computed(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS adds to the inputs of a resource, by wire name; nothing for other providers."""
    package, module, kind = type_.split(":")
    if package != "aws":
        return {}
    service = module.split("/")[0]
    physical = inputs.get("name", name)
    found: dict[str, Any] = {
        "arn": f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{kind.lower()}/{physical}"
    }
    if type_ == LOAD_BALANCER:
        suffix = f"app/{physical}/{SUFFIX}"
        found |= _balancing(f"loadbalancer/{suffix}") | {"arnSuffix": suffix}
        found |= {"dnsName": f"{physical}.eu-west-1.elb.amazonaws.com", "name": physical}
    if type_ == TARGET_GROUP:
        suffix = f"targetgroup/{physical}/{SUFFIX}"
        found |= _balancing(suffix) | {"arnSuffix": suffix, "name": physical}
    if type_ == "aws:ecs/taskDefinition:TaskDefinition":
        family = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/{inputs.get('family', name)}"
        found |= {"arn": f"{family}:1", "arnWithoutRevision": family, "revision": 1}
    return found


def _balancing(resource: str) -> dict[str, str]:
    return {"arn": f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:{resource}"}
