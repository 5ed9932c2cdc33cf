"""A scheduled action that sets the maximum and leaves the minimum of the morning in force."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    name="evenkeel-production-weekday-night",
    scalable_target_action={"max_capacity": 8},
)
