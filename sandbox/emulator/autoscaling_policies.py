"""Scaling policies: target tracking, step and predictive, with AWS's rules for each.

The rules are quoted from botocore's application-autoscaling model (PutScalingPolicyRequest and
the three configurations) and the Application Auto Scaling user guide; see docs.
"""

import uuid
from itertools import pairwise

from ministack.core.responses import get_account_id, get_region

from sandbox.emulator import autoscaling_alarms
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
    kind = request.get("PolicyType") or old.get("PolicyType") or "StepScaling"
    if old and old["PolicyType"] != kind:
        raise _invalid(f"The type of scaling policy {request['PolicyName']} cannot be changed")
    member = _CONFIGURATIONS[kind]
    others = [m for m in _CONFIGURATIONS.values() if m != member and m in request]
    if others or (member not in request and member not in old):
        raise _invalid(f"{member} is required, alone, for policy type {kind}")
    configuration = request.get(member) or old[member]
    _CHECKS[kind](configuration, request, scalable)
    siblings = [p for p in policies.values() if key(p) == key(request)]
    if not old and len(siblings) >= _POLICIES_PER_TARGET:
        message = f"At most {_POLICIES_PER_TARGET} scaling policies are allowed per scalable target"
        raise Refusal("LimitExceededException", message)
    policy = {
        **(old or _new(request)),
        "PolicyType": kind,
        member: configuration,
    }
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


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def _check_tracking(configuration: Record, request: Record, scalable: ScalableService) -> None:
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise _invalid("Specify either a predefined or a customized metric, not both")
    if predefined is not None:
        _check_label(predefined, request, scalable)
    tracked = predefined and predefined["PredefinedMetricType"]
    for policy in policies.values():
        if key(policy) != key(request) or policy["PolicyName"] == request["PolicyName"]:
            continue
        other = policy.get("TargetTrackingScalingPolicyConfiguration", {})
        same = other.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
        if tracked is not None and same == tracked:
            raise _invalid(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed."
            )


def _check_label(metric: Record, request: Record, scalable: ScalableService) -> None:
    kind, label = metric["PredefinedMetricType"], metric.get("ResourceLabel")
    if not kind.startswith(("ECSService", "ALBRequestCount")):
        raise _invalid(f"{kind} is not a metric of the ecs service namespace")
    if (kind == "ALBRequestCountPerTarget") != bool(label):
        raise _invalid("ResourceLabel is required for ALBRequestCountPerTarget, and only for it")
    if not label:
        return
    parts = label.split("/")
    if len(parts) != 6 or parts[0] != "app" or parts[3] != "targetgroup":
        form = "app/<load balancer>/<id>/targetgroup/<target group>/<id>"
        raise _invalid(f"ResourceLabel {label} must have the form {form}")
    if not scalable.serves(request["ResourceId"], "/".join(parts[3:])):
        raise _invalid(f"The target group in {label} is not attached to {request['ResourceId']}")


def _check_steps(configuration: Record, request: Record, scalable: ScalableService) -> None:  # noqa: ARG001
    steps = configuration.get("StepAdjustments")
    if not steps or not configuration.get("AdjustmentType"):
        raise _invalid("AdjustmentType and at least one StepAdjustment are required")
    if len(steps) > 20:
        raise _invalid(f"At most 20 step adjustments are allowed per policy, not {len(steps)}")
    low, high = float("-inf"), float("inf")
    bounds = sorted(
        (s.get("MetricIntervalLowerBound", low), s.get("MetricIntervalUpperBound", high))
        for s in steps
    )
    for lower, upper in bounds:
        if lower >= upper:
            raise _invalid("StepAdjustment's upper bound must be greater than its lower bound")
        if (lower, upper) == (low, high) and len(steps) > 1:
            raise _invalid("A StepAdjustment without bounds must be the only one")
    for (_, upper), (lower, _) in pairwise(bounds):
        if upper != lower:
            raise _invalid("There must not be a gap or an overlap between StepAdjustment intervals")
    if bounds[0][0] < 0 and bounds[0][0] != low:
        raise _invalid("A negative lower bound needs a StepAdjustment with a null lower bound")
    if bounds[-1][1] > 0 and bounds[-1][1] != high:
        raise _invalid("A positive upper bound needs a StepAdjustment with a null upper bound")
    magnitude = configuration.get("MinAdjustmentMagnitude")
    if magnitude and configuration["AdjustmentType"] != "PercentChangeInCapacity":
        raise _invalid("MinAdjustmentMagnitude is for PercentChangeInCapacity only")


def _check_forecast(configuration: Record, request: Record, scalable: ScalableService) -> None:
    if len(configuration.get("MetricSpecifications", [])) != 1:
        raise _invalid("A predictive scaling policy has exactly one metric specification")
    if not 0 <= configuration.get("SchedulingBufferTime", 300) < 3600:
        raise _invalid("SchedulingBufferTime must be from 0 to 3599 seconds")
    breach = configuration.get("MaxCapacityBreachBehavior", "HonorMaxCapacity")
    if (breach == "IncreaseMaxCapacity") != ("MaxCapacityBuffer" in configuration):
        raise _invalid("MaxCapacityBuffer is required for IncreaseMaxCapacity, and only for it")
    for member, metric in configuration["MetricSpecifications"][0].items():
        if member.startswith("Predefined") and metric.get("ResourceLabel"):
            label = {"PredefinedMetricType": "ALBRequestCountPerTarget", **metric}
            _check_label(
                {**label, "PredefinedMetricType": "ALBRequestCountPerTarget"}, request, scalable
            )


_CHECKS = {
    "TargetTrackingScaling": _check_tracking,
    "StepScaling": _check_steps,
    "PredictiveScaling": _check_forecast,
}
