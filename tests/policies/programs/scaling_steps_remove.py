"""A step policy that also removes a task, beside target tracking, when its alarm goes off."""

from tests.policies.programs import mutated

STEPS = [{"metric_interval_lower_bound": "0", "scaling_adjustment": -1}]

mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-cpu-steps",
    step_scaling_policy_configuration=lambda config: {**config, "step_adjustments": STEPS},
)
