"""A forecast never lifts the maximum."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.plan import Resource
from policies.resource_types import ECS, SCALING_POLICY
from policies.rules import ResourceRule

# Application Auto Scaling's own where a policy leaves it out.
HONOR = "HonorMaxCapacity"


def _honors_max(resource: Resource) -> Iterator[str]:
    if resource.props.get("serviceNamespace") != ECS:
        return
    forecast = resource.props.get("predictiveScalingPolicyConfiguration")
    if forecast is None:
        return
    behavior = forecast.get("maxCapacityBreachBehavior") or HONOR
    if behavior != HONOR:
        yield (
            f"maxCapacityBreachBehavior {behavior} lets a forecast raise maxCapacity"
            f"{_buffer(forecast.get('maxCapacityBuffer'))}, past what database and quota hold. A "
            f"maxCapacityBreachBehavior of {HONOR}, without maxCapacityBuffer, passes."
        )


def _buffer(percent: float | None) -> str:
    return "" if percent is None else f" to {percent:g} % above the forecast (maxCapacityBuffer)"


PREDICTIVE_HONORS_MAX = ResourceRule(
    name="capacity-predictive-honors-max",
    description="Predictive scaling keeps to the maximum capacity.",
    protects_from=(
        "IncreaseMaxCapacity raises the max by itself when a forecast is above it, and the "
        "connections of the added tasks are in no sum."
    ),
    source=(
        "Practices S0-11 and S4-01. AWS: Application Auto Scaling API, "
        "PredictiveScalingPolicyConfiguration."
    ),
    types={SCALING_POLICY},
    judge=_honors_max,
    severity=Severity.HIGH,
    remediation=(
        "Set maxCapacityBreachBehavior of the policy to HonorMaxCapacity and remove "
        "maxCapacityBuffer; evenkeel:scaling.predictive always does. Raise max instead."
    ),
)
