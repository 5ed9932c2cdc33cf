"""A step policy that adds percents, so that nobody reads from it how many tasks come."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-cpu-steps",
    step_scaling_policy_configuration=lambda config: {
        **config,
        "adjustment_type": "PercentChangeInCapacity",
    },
)
