"""A predictive policy that may lift the maximum above what the database holds."""

from typing import Any

from tests.policies.programs import mutated


def lifted(forecast: dict[str, Any]) -> dict[str, Any]:
    """The stage's own forecast, free to go beyond the maximum."""
    return {**forecast, "max_capacity_breach_behavior": "IncreaseMaxCapacity"}


mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-predictive",
    predictive_scaling_policy_configuration=lifted,
)
