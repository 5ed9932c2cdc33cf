"""Scaling policies as Application Auto Scaling and CloudWatch have them."""

from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws.appautoscaling import (
    PolicyPredictiveScalingPolicyConfigurationArgsDict as PredictiveInputs,
)
from pulumi_aws.appautoscaling import (
    PolicyPredictiveScalingPolicyConfigurationMetricSpecificationPredefinedMetricPairSpecificationArgsDict as ForecastPair,  # noqa: E501, the SDK's name
)
from pulumi_aws.appautoscaling import (
    PolicyStepScalingPolicyConfigurationArgsDict as StepInputs,
)
from pulumi_aws.appautoscaling import (
    PolicyStepScalingPolicyConfigurationStepAdjustmentArgsDict as AdjustmentInputs,
)
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationArgsDict as TrackingInputs,
)
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgsDict as TrackedMetric,  # noqa: E501, the SDK's name
)

Metric = Literal["cpu", "memory", "requestsPerTarget"]

# Application Auto Scaling API, PredefinedMetricSpecification.
TRACKED: dict[Metric, str] = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requestsPerTarget": "ALBRequestCountPerTarget",
}
# Application Auto Scaling API, PredictiveScalingPredefinedMetricPairSpecification.
FORECAST: dict[Metric, str] = {
    "cpu": "ECSServiceCPUUtilization",
    "memory": "ECSServiceMemoryUtilization",
    "requestsPerTarget": "ALBRequestCount",
}
SUFFIXES: dict[Metric, str] = {"cpu": "cpu", "memory": "memory", "requestsPerTarget": "requests"}


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """What is scaled, and where its metrics are."""

    cluster_name: str
    service_name: str
    load_balancer_suffix: pulumi.Input[str]
    target_group_suffix: pulumi.Input[str]  # of the http group

    @property
    def resource_id(self) -> str:
        return f"service/{self.cluster_name}/{self.service_name}"

    def resource_label(self, metric: Metric) -> pulumi.Input[str] | None:
        """Load balancer and group of the request count; AWS takes none with other metrics."""
        if metric != "requestsPerTarget":
            return None
        return pulumi.Output.concat(self.load_balancer_suffix, "/", self.target_group_suffix)


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Keep *metric* at *target*: percent, or requests a minute."""

    metric: Metric
    target: float
    scale_out_cooldown_seconds: int
    scale_in_cooldown_seconds: int


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Add tasks from *lower* up to *upper* above the threshold; None: no upper edge."""

    lower: float
    upper: float | None
    add: int


@dataclass(frozen=True, kw_only=True)
class Step:
    metric: Metric
    threshold: float
    cooldown_seconds: int
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, kw_only=True)
class Predictive:
    metric: Metric
    target: float
    scales: bool  # False: it only forecasts


def tracking(policy: Tracking, scaled: Scaled) -> TrackingInputs:
    """Target tracking; it makes its own alarms."""
    metric: TrackedMetric = {"predefined_metric_type": TRACKED[policy.metric]}
    if (label := scaled.resource_label(policy.metric)) is not None:
        metric["resource_label"] = label
    return {
        "predefined_metric_specification": metric,
        "target_value": policy.target,
        "scale_out_cooldown": policy.scale_out_cooldown_seconds,
        "scale_in_cooldown": policy.scale_in_cooldown_seconds,
        "disable_scale_in": False,
    }


def steps(policy: Step) -> StepInputs:
    """Steps that only add; the alarm is made beside it."""
    return {
        "adjustment_type": "ChangeInCapacity",
        "metric_aggregation_type": "Average",
        "cooldown": policy.cooldown_seconds,
        "step_adjustments": [_adjustment(step) for step in policy.adjustments],
    }


def _adjustment(
    step: Adjustment,
) -> AdjustmentInputs:
    bounds: AdjustmentInputs = {
        "metric_interval_lower_bound": number(step.lower),
        "scaling_adjustment": step.add,
    }
    if step.upper is not None:
        bounds["metric_interval_upper_bound"] = number(step.upper)
    return bounds


def predictive(policy: Predictive, scaled: Scaled) -> PredictiveInputs:
    """A forecast that never lifts the maximum: the database sets that one."""
    pair: ForecastPair = {"predefined_metric_type": FORECAST[policy.metric]}
    if (label := scaled.resource_label(policy.metric)) is not None:
        pair["resource_label"] = label
    return {
        "mode": "ForecastAndScale" if policy.scales else "ForecastOnly",
        "max_capacity_breach_behavior": "HonorMaxCapacity",
        "metric_specifications": [
            {
                "target_value": number(policy.target),
                "predefined_metric_pair_specification": pair,
            }
        ],
    }


def number(value: float) -> str:
    """As AWS prints it: no trailing zeros."""
    return f"{value:.15g}"
