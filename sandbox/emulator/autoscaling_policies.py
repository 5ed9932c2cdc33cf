"""Scaling policies: target tracking, step and predictive.

The rules are quoted from botocore's application-autoscaling model (PutScalingPolicyRequest);
those for a policy's configuration stand in `autoscaling_policy_checks`.
"""

import uuid

from ministack.core.responses import get_account_id, get_region

from sandbox.emulator import autoscaling_alarms
from sandbox.emulator.autoscaling_policy_checks import check, invalid
from sandbox.emulator.autoscaling_records import (
    about,
    key,
    named,
    now,
    page,
    policies,
    registered,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.scalable import ScalableService
from sandbox.emulator.wire import Record

_CONFIGURATIONS = {
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "StepScaling": "StepScalingPolicyConfiguration",
    "PredictiveScaling": "PredictiveScalingPolicyConfiguration",
}
_POLICIES_PER_TARGET = 50  # quota, not adjustable


def put(request: Record, scalable: ScalableService) -> Record:
    """PutScalingPolicy: create or change a policy, and its managed alarms."""
    registered(request)
    name = (*key(request), request["PolicyName"])
    old = policies.get(name, {})
    kind = _kind(request, old)
    member = _CONFIGURATIONS[kind]
    configuration = request.get(member) or old[member]
    check(kind, configuration, request, scalable)
    siblings = [p for p in policies.values() if key(p) == key(request)]
    if not old and len(siblings) >= _POLICIES_PER_TARGET:
        message = f"At most {_POLICIES_PER_TARGET} scaling policies are allowed per scalable target"
        raise Refusal("LimitExceededException", message)
    policy = {**(old or _new(request)), "PolicyType": kind, member: configuration}
    policies[name] = policy
    autoscaling_alarms.manage(policy)
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


def delete(request: Record) -> None:
    """DeleteScalingPolicy: the policy and its managed alarms."""
    policy = policies.get((*key(request), request["PolicyName"]))
    if policy is None:
        message = (
            f"No scaling policy found for {named(request)}, policy name: {request['PolicyName']}"
        )
        raise Refusal("ObjectNotFoundException", message)
    forget(policy)


def forget(policy: Record) -> None:
    """Remove a policy and its managed alarms."""
    autoscaling_alarms.remove(policy)
    policies.pop((*key(policy), policy["PolicyName"]))


def describe(request: Record) -> Record:
    """DescribeScalingPolicies, with its filters and pages."""
    wanted = request.get("PolicyNames")
    found = [
        autoscaling_alarms.with_alarms(policy)
        for policy in policies.values()
        if about(policy, request) and (not wanted or policy["PolicyName"] in wanted)
    ]
    return page(found, request, "ScalingPolicies")


def _new(request: Record) -> Record:
    namespace, resource, dimension = key(request)
    name = request["PolicyName"]
    scope = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}"
    return {
        "PolicyARN": f"{scope}:resource/{namespace}/{resource}:policyName/{name}",
        "PolicyName": name,
        "ServiceNamespace": namespace,
        "ResourceId": resource,
        "ScalableDimension": dimension,
        "CreationTime": now(),
        "Alarms": [],
    }


def _kind(request: Record, old: Record) -> str:
    """The policy's type, refused where it changes or its configuration is not there, alone."""
    kind: str = request.get("PolicyType") or old.get("PolicyType") or "StepScaling"
    if old and old["PolicyType"] != kind:
        raise invalid(f"The type of scaling policy {request['PolicyName']} cannot be changed")
    member = _CONFIGURATIONS[kind]
    others = [m for m in _CONFIGURATIONS.values() if m != member and m in request]
    if others or (member not in request and member not in old):
        raise invalid(f"{member} is required, alone, for policy type {kind}")
    return kind
