"""A step policy whose first step starts above the alarm's threshold."""

from tests.policies.programs import mutated

STEPS = [
    {
        "metric_interval_lower_bound": "5",
        "metric_interval_upper_bound": "15",
        "scaling_adjustment": 1,
    },
    {"metric_interval_lower_bound": "15", "scaling_adjustment": 3},
]

mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-cpu-steps",
    step_scaling_policy_configuration=lambda config: {**config, "step_adjustments": STEPS},
)
