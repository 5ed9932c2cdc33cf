"""A target of no requests at all, which only an endless service could keep."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-requests",
    target_tracking_scaling_policy_configuration=lambda config: {**config, "target_value": 0},
)
