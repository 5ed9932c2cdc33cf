"""Elastic Load Balancing v2: the service's table of operations, and its tags."""

from sandbox.emulator import (
    elbv2_listeners,
    elbv2_load_balancers,
    elbv2_rules,
    elbv2_target_groups,
    elbv2_targets,
)
from sandbox.emulator.elbv2_policies import POLICIES
from sandbox.emulator.elbv2_records import (
    STORES,
    balancers,
    groups,
    listeners,
    rules,
    tags,
)
from sandbox.emulator.native import NativeService
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def service() -> NativeService:
    """The service, in the place of ministack's."""
    return NativeService(
        "elbv2",
        "elasticloadbalancing",
        {
            "CreateLoadBalancer": elbv2_load_balancers.create,
            "DescribeLoadBalancers": elbv2_load_balancers.describe,
            "DeleteLoadBalancer": elbv2_load_balancers.delete,
            "DescribeLoadBalancerAttributes": elbv2_load_balancers.describe_attributes,
            "ModifyLoadBalancerAttributes": elbv2_load_balancers.modify_attributes,
            "SetSecurityGroups": elbv2_load_balancers.set_security_groups,
            "SetSubnets": elbv2_load_balancers.set_subnets,
            "SetIpAddressType": elbv2_load_balancers.set_ip_address_type,
            "DescribeCapacityReservation": lambda _: {"CapacityReservationState": []},
            "CreateTargetGroup": elbv2_target_groups.create,
            "ModifyTargetGroup": elbv2_target_groups.modify,
            "DescribeTargetGroups": elbv2_target_groups.describe,
            "DeleteTargetGroup": elbv2_target_groups.delete,
            "DescribeTargetGroupAttributes": elbv2_target_groups.describe_attributes,
            "ModifyTargetGroupAttributes": elbv2_target_groups.modify_attributes,
            "RegisterTargets": elbv2_targets.register,
            "DeregisterTargets": elbv2_targets.deregister,
            "DescribeTargetHealth": elbv2_targets.describe_health,
            "CreateListener": elbv2_listeners.create,
            "ModifyListener": elbv2_listeners.modify,
            "DescribeListeners": elbv2_listeners.describe,
            "DeleteListener": elbv2_listeners.delete,
            "DescribeListenerAttributes": elbv2_listeners.describe_attributes,
            "ModifyListenerAttributes": elbv2_listeners.modify_attributes,
            "AddListenerCertificates": elbv2_listeners.add_certificates,
            "RemoveListenerCertificates": elbv2_listeners.remove_certificates,
            "DescribeListenerCertificates": elbv2_listeners.describe_certificates,
            "CreateRule": elbv2_rules.create,
            "ModifyRule": elbv2_rules.modify,
            "DescribeRules": elbv2_rules.describe,
            "DeleteRule": elbv2_rules.delete,
            "SetRulePriorities": elbv2_rules.set_priorities,
            "DescribeSSLPolicies": _describe_policies,
            "AddTags": _add_tags,
            "RemoveTags": _remove_tags,
            "DescribeTags": _describe_tags,
        },
        STORES,
        validation_code="ValidationError",
    )


def _describe_policies(request: Record) -> Record:
    wanted = request.get("Names") or sorted(POLICIES)
    unknown = [name for name in wanted if name not in POLICIES]
    if unknown:
        raise Refusal("SSLPolicyNotFound", f"SSL policy '{unknown[0]}' not found")
    return {"SslPolicies": [{"Name": name} for name in wanted]}


def _check_known(names: list[str]) -> None:
    for name in names:
        if not any(name in store for store in (balancers, groups, listeners, rules)):
            kind = name.rpartition(":")[2].partition("/")[0]
            code = {
                "loadbalancer": "LoadBalancerNotFound",
                "listener": "ListenerNotFound",
                "listener-rule": "RuleNotFound",
            }.get(kind, "TargetGroupNotFound")
            raise Refusal(code, f"'{name}' not found")


def _add_tags(request: Record) -> None:
    _check_known(request["ResourceArns"])
    for name in request["ResourceArns"]:
        given = {tag["Key"]: tag.get("Value", "") for tag in request["Tags"]}
        tags[name] = {**tags.get(name, {}), **given}


def _remove_tags(request: Record) -> None:
    _check_known(request["ResourceArns"])
    for name in request["ResourceArns"]:
        gone = set(request["TagKeys"])
        tags[name] = {k: v for k, v in tags.get(name, {}).items() if k not in gone}


def _describe_tags(request: Record) -> Record:
    _check_known(request["ResourceArns"])
    found = [
        {
            "ResourceArn": name,
            "Tags": [{"Key": k, "Value": v} for k, v in tags.get(name, {}).items()],
        }
        for name in request["ResourceArns"]
    ]
    return {"TagDescriptions": found}
