"""Two target-tracking policies of one service on its cpu."""

from tests.policies.programs import mutated

METRIC = {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}

mutated(
    "aws:appautoscaling/policy:Policy",
    name="evenkeel-production-memory",
    target_tracking_scaling_policy_configuration=lambda config: {
        **config,
        "predefined_metric_specification": METRIC,
    },
)
