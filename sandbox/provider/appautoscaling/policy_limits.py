"""What AWS refuses in a scaling policy."""

from itertools import pairwise
from typing import Any

from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties


@rule(
    "policyType", "stepScalingPolicyConfiguration", "targetTrackingScalingPolicyConfiguration",
    "predictiveScalingPolicyConfiguration",
    what="the configuration that belongs to the policy's type, and no other",
    source="BC:application-autoscaling/PutScalingPolicyRequest",
)  # fmt: skip
def _type(inputs: Properties) -> str | None:
    kind = inputs.get("policyType", "StepScaling")
    wanted = f"{kind[0].lower()}{kind[1:]}PolicyConfiguration"
    given = [name for name in inputs if name.endswith("PolicyConfiguration")]
    if given != [wanted]:
        named = ", ".join(given) or "none"
        return f"ValidationException: a {kind} policy needs {wanted} alone; given: {named}"
    return None


@rule(
    "stepScalingPolicyConfiguration",
    what="step adjustments without gaps or overlaps, at most 20; each end open at most once",
    source="BC:application-autoscaling/StepAdjustment",
)
def _steps(inputs: Properties) -> str | None:
    config = inputs.get("stepScalingPolicyConfiguration") or {}
    steps = config.get("stepAdjustments") or []
    if config and not steps:
        return "ValidationException: Step adjustments are required"
    if len(steps) > 20:
        return "ValidationException: a step scaling policy has at most 20 step adjustments"
    if (
        config.get("minAdjustmentMagnitude")
        and config.get("adjustmentType") != "PercentChangeInCapacity"
    ):
        return (
            "ValidationException: MinAdjustmentMagnitude is only valid with PercentChangeInCapacity"
        )
    return _gaps(steps)


def _gaps(steps: list[dict[str, Any]]) -> str | None:
    ends = [
        tuple(
            None if step.get(name) in (None, "") else float(step[name])
            for name in ("metricIntervalLowerBound", "metricIntervalUpperBound")
        )
        for step in steps
    ]
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    if len(ends) > 1 and any(low is None and high is None for low, high in ends):
        return "ValidationException: a step without bounds stands alone"
    if lows.count(None) > 1 or highs.count(None) > 1:
        return "ValidationException: at most one step adjustment may be open at each end"
    if any(low is not None and high is not None and low >= high for low, high in ends):
        return "ValidationException: the upper bound of a step must be above its lower bound"
    if any(low is not None and low < 0 for low in lows) and None not in lows:
        return (
            "ValidationException: a negative lower bound needs a step adjustment with a null "
            "lower bound"
        )
    if any(high is not None and high > 0 for high in highs) and None not in highs:
        return (
            "ValidationException: a positive upper bound needs a step adjustment with a null "
            "upper bound"
        )
    ordered = sorted(ends, key=lambda end: float("-inf") if end[0] is None else end[0])
    for (_, high), (low, _) in pairwise(ordered):
        if high != low:
            return (
                "ValidationException: There must not be a gap or overlap between step adjustment "
                f"intervals: {high} and {low}"
            )
    return None


_LABELLED = "ALBRequestCount"


@rule(
    "targetTrackingScalingPolicyConfiguration",
    what="one metric specification; a resource label with ALBRequestCountPerTarget and only there",
    source="BC:application-autoscaling/PredefinedMetricSpecification.ResourceLabel",
)
def _tracking(inputs: Properties) -> str | None:
    config = inputs.get("targetTrackingScalingPolicyConfiguration")
    if not config:
        return None
    given = [
        n
        for n in ("predefinedMetricSpecification", "customizedMetricSpecification")
        if config.get(n)
    ]
    if len(given) != 1:
        return (
            "ValidationException: exactly one of PredefinedMetricSpecification and "
            "CustomizedMetricSpecification must be specified"
        )
    predefined = config.get("predefinedMetricSpecification") or {}
    said = _label_fault(predefined)
    cooldowns = [config.get(name, 0) for name in ("scaleInCooldown", "scaleOutCooldown")]
    if not said and any(cooldown < 0 for cooldown in cooldowns):
        said = "ValidationException: cooldowns must not be negative"
    return said


def _label_fault(metric: dict[str, Any]) -> str | None:
    name, label = str(metric.get("predefinedMetricType", "")), metric.get("resourceLabel")
    if _LABELLED in name and not label:
        return f"ValidationException: Resource label is required for {name}"
    if name and _LABELLED not in name and label:
        return f"ValidationException: Resource label cannot be specified for {name}"
    if label and not _is_label(str(label)):
        return (
            f"ValidationException: Resource label '{label}' must be app/<load "
            "balancer>/<id>/targetgroup/<target group>/<id>"
        )
    return None


def _is_label(label: str) -> bool:
    parts = label.split("/")
    return len(parts) == 6 and parts[0] == "app" and parts[3] == "targetgroup" and all(parts)


@rule(
    "predictiveScalingPolicyConfiguration",
    what="predictive: buffer time below 3600 s; a capacity buffer of 0-100 % with "
    "IncreaseMaxCapacity and only there; one metric specification",
    source="BC:application-autoscaling/PredictiveScalingPolicyConfiguration",
)
def _predictive(inputs: Properties) -> str | None:
    config = inputs.get("predictiveScalingPolicyConfiguration")
    if not config:
        return None
    if len(config.get("metricSpecifications") or []) != 1:
        return "ValidationException: exactly one metric specification is needed"
    ahead = config.get("schedulingBufferTime")
    if ahead not in (None, "") and not 0 <= int(ahead) < 3600:
        return (
            "ValidationException: SchedulingBufferTime must be at least 0 and below 3600, not "
            f"{ahead}"
        )
    buffer = config.get("maxCapacityBuffer")
    increases = config.get("maxCapacityBreachBehavior", "HonorMaxCapacity") == "IncreaseMaxCapacity"
    if increases and buffer is None:
        return "ValidationException: MaxCapacityBuffer is required with IncreaseMaxCapacity"
    if not increases and buffer not in (None, 0, ""):
        return "ValidationException: MaxCapacityBuffer is only allowed with IncreaseMaxCapacity"
    if increases and not 0 <= int(buffer) <= 100:
        return f"ValidationException: MaxCapacityBuffer must be between 0 and 100, not {buffer}"
    specification = config["metricSpecifications"][0]
    pair = specification.get("predefinedMetricPairSpecification") or {}
    return _label_fault(pair)


RULES = (
    _type,
    _steps,
    _tracking,
    _predictive,
)
