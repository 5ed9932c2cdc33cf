"""A scheduled action that takes the tasks of an event away every evening."""

from tests.policies.programs import mutated

mutated(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    name="evenkeel-production-weekday-night",
    scalable_target_action={"min_capacity": 2, "max_capacity": 8},
)
