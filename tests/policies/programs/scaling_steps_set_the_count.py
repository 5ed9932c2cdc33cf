"""A step policy that sets the count outright, whatever target tracking has set it to."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-cpu-steps",
    step_scaling_policy_configuration=lambda config: {
        **config,
        "adjustment_type": "ExactCapacity",
    },
)
