"""What PutScalingPolicy refuses in the configuration of a policy.

The rules are quoted from botocore's application-autoscaling model (the three configurations) and
the Application Auto Scaling user guide.
"""

from itertools import pairwise
from math import inf

from sandbox.emulator import autoscaling_alarms
from sandbox.emulator.autoscaling_records import key, policies
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.scalable import ScalableService
from sandbox.emulator.wire import Record


def check(kind: str, configuration: Record, request: Record, scalable: ScalableService) -> None:
    """Refuse a configuration that AWS refuses for a policy of this kind."""
    if kind == "TargetTrackingScaling":
        _check_tracking(configuration, request, scalable)
    elif kind == "StepScaling":
        _check_steps(configuration)
    else:
        _check_forecast(configuration, request, scalable)


def invalid(message: str) -> Refusal:
    """The refusal of a request that breaks a rule."""
    return Refusal("ValidationException", message)


def _check_tracking(configuration: Record, request: Record, scalable: ScalableService) -> None:
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise invalid("Specify either a predefined or a customized metric, not both")
    if predefined is not None:
        _check_label(predefined, request, scalable)
    else:
        autoscaling_alarms.check(configuration, request["ResourceId"])
    tracked = predefined and predefined["PredefinedMetricType"]
    for policy in policies.values():
        if key(policy) != key(request) or policy["PolicyName"] == request["PolicyName"]:
            continue
        other = policy.get("TargetTrackingScalingPolicyConfiguration", {})
        same = other.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
        if tracked is not None and same == tracked:
            raise invalid(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed."
            )


def _check_label(metric: Record, request: Record, scalable: ScalableService) -> None:
    kind, label = metric["PredefinedMetricType"], metric.get("ResourceLabel")
    if not kind.startswith(("ECSService", "ALBRequestCount")):
        raise invalid(f"{kind} is not a metric of the ecs service namespace")
    if (kind == "ALBRequestCountPerTarget") != bool(label):
        raise invalid("ResourceLabel is required for ALBRequestCountPerTarget, and only for it")
    if not label:
        return
    parts = label.split("/")
    if len(parts) != 6 or parts[0] != "app" or parts[3] != "targetgroup":
        form = "app/<load balancer>/<id>/targetgroup/<target group>/<id>"
        raise invalid(f"ResourceLabel {label} must have the form {form}")
    if not scalable.serves(request["ResourceId"], "/".join(parts[3:])):
        raise invalid(f"The target group in {label} is not attached to {request['ResourceId']}")


def _check_steps(configuration: Record) -> None:
    steps = configuration.get("StepAdjustments")
    if not steps or not configuration.get("AdjustmentType"):
        raise invalid("AdjustmentType and at least one StepAdjustment are required")
    if len(steps) > 20:
        raise invalid(f"At most 20 step adjustments are allowed per policy, not {len(steps)}")
    _check_edges(steps)
    kind, magnitude = configuration["AdjustmentType"], configuration.get("MinAdjustmentMagnitude")
    if magnitude and kind != "PercentChangeInCapacity":
        raise invalid("MinAdjustmentMagnitude is for PercentChangeInCapacity only")
    if kind == "ExactCapacity" and any(step["ScalingAdjustment"] < 0 for step in steps):
        raise invalid("ScalingAdjustment must not be negative for ExactCapacity")


def _check_edges(steps: list[Record]) -> None:
    """Refuse steps that leave a gap, overlap, or do not end open."""
    edges = sorted(
        (s.get("MetricIntervalLowerBound", -inf), s.get("MetricIntervalUpperBound", inf))
        for s in steps
    )
    for lower, upper in edges:
        if lower >= upper:
            raise invalid("StepAdjustment's upper bound must be greater than its lower bound")
        if (lower, upper) == (-inf, inf) and len(steps) > 1:
            raise invalid("A StepAdjustment without bounds must be the only one")
    for (_, upper), (lower, _) in pairwise(edges):
        if upper != lower:
            raise invalid("There must not be a gap or an overlap between StepAdjustment intervals")
    if -inf < edges[0][0] < 0:
        raise invalid("A negative lower bound needs a StepAdjustment with a null lower bound")
    if 0 < edges[-1][1] < inf:
        raise invalid("A positive upper bound needs a StepAdjustment with a null upper bound")


def _check_forecast(configuration: Record, request: Record, scalable: ScalableService) -> None:
    if len(configuration.get("MetricSpecifications", [])) != 1:
        raise invalid("A predictive scaling policy has exactly one metric specification")
    if not 0 <= configuration.get("SchedulingBufferTime", 300) < 3600:
        raise invalid("SchedulingBufferTime must be from 0 to 3599 seconds")
    breach = configuration.get("MaxCapacityBreachBehavior", "HonorMaxCapacity")
    if (breach == "IncreaseMaxCapacity") != ("MaxCapacityBuffer" in configuration):
        raise invalid("MaxCapacityBuffer is required for IncreaseMaxCapacity, and only for it")
    for member, metric in configuration["MetricSpecifications"][0].items():
        if member.startswith("Predefined") and metric.get("ResourceLabel"):
            label = {"PredefinedMetricType": "ALBRequestCountPerTarget", **metric}
            _check_label(
                {**label, "PredefinedMetricType": "ALBRequestCountPerTarget"}, request, scalable
            )
